using System.Collections.Immutable;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Scenarios;

namespace ClusterRas.Simulation.Tests;

/// <summary>Plans as texts, and how a plan that breaks a promise is shrunk.</summary>
public sealed class ScenarioTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "scenarios");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_ByName_KeepsAllPromises(string name)
    {
        var plan = ScenarioText.Read(File.ReadAllText(Path.Combine(Folder, name + ".txt")), out var mistakes);
        mistakes.ShouldBeEmpty();
        ClusterLife.Play(plan!, transcript: null).Violation.ShouldBeNull();
    }

    [Fact]
    public void Plan_WrittenAndRead_IsTheSame()
    {
        for (var seed = 1ul; seed <= 300; seed++)
        {
            var plan = FaultPlanner.Draw(seed, nodeCount: null);
            var text = ScenarioText.Write(plan, $"seed {seed}");
            var read = ScenarioText.Read(text, out var mistakes);

            mistakes.ShouldBeEmpty();
            ScenarioText.Write(read!, $"seed {seed}").ShouldBe(text);
            read!.ToString().ShouldBe(plan.ToString());
        }
    }

    [Fact]
    public void Text_WithMistakes_NamesThemAllWithTheirLines()
    {
        const string text = """
            # A story.
            life Seed=x NodeCount=3 VoterCount=3 DieCount=1 Uvb=no Untagged={} DelayMin=0s DelayMax=1s FsyncMax=0.003s LogEntriesMax=- FaultsEnd=9s End=9s
            starts 0s soon 1s
            at 5s Panik Node=#1
            at 6s Panic Node=1 WindowMs=5000 Colour=red
            then nothing
            """;
        ScenarioText.Read(text, out var mistakes).ShouldBeNull();
        mistakes
            .Select(mistake => mistake.Split(':')[0])
            .ShouldBe(["line 2", "line 3", "line 4", "line 5", "line 5", "line 5", "line 6"]);
        mistakes[0].ShouldBe("line 2: Seed=x: expected a whole number");
        mistakes[2].ShouldStartWith("line 4: \"Panik\" is no fault; there are Apply, BitFlip, ");
        mistakes.ShouldContain("line 5: Node=1: expected #3 or -");
        mistakes.ShouldContain("line 5: Panic needs RebootAfter=1.5s or -");
        mistakes[^1].ShouldBe("line 6: \"then\" begins no line; expected life, starts, handler or at");
    }

    [Fact]
    public void Text_ThatIsEmpty_SaysWhatIsMissing()
    {
        ScenarioText.Read("\n# nothing\n", out var mistakes).ShouldBeNull();
        mistakes.ShouldBe(["line 1: there is no line that begins with life"]);
    }

    [Fact]
    public void Minimiser_LeavesWhatIsNeeded()
    {
        // Needs a panic of node 1, which stands in a series, and any crash after it.
        var plan = Enumerable
            .Range(1, 10_000)
            .Select(seed => FaultPlanner.Draw((ulong)seed, nodeCount: 5))
            .First(plan => Breaks(plan) is not null && plan.Faults.Length > 6);
        var shrunk = new Minimiser(Breaks).Shrink(plan)!;

        shrunk.Faults.Length.ShouldBe(2);
        shrunk.Faults[0].ShouldBeOfType<Fault.Panic>().Node!.Value.Value.ShouldBe(1);
        shrunk.Faults[1].ShouldBeOfType<Fault.ProcessCrash>();
        shrunk.Handlers.ShouldBeEmpty();

        static (string, TimeSpan)? Breaks(FaultPlan plan)
        {
            var flat = plan
                .Faults.SelectMany(fault =>
                    fault is Fault.Series series && series.When is null
                        ? series.Parts.Select(part => part with { At = series.At + part.At })
                        : [fault]
                )
                .ToImmutableArray();
            var panic = flat.OfType<Fault.Panic>().FirstOrDefault(panic => panic.Node?.Value == 1);
            return panic is not null && flat.Any(fault => fault is Fault.ProcessCrash && fault.At > panic.At)
                ? ("made up", plan.End)
                : null;
        }
    }

    [Fact]
    public void Minimiser_PlanThatBreaksNothing_IsNotShrunk() =>
        new Minimiser(static _ => null).Shrink(FaultPlanner.Draw(1, nodeCount: 3)).ShouldBeNull();
}
