using ClusterRas.Simulator;
using ClusterRas.Simulator.Coverage;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulation.Tests;

/// <summary>The counter counts, and a quiet generator is found out.</summary>
public sealed class CoverageTests
{
    private const int Lives = 10_000;

    [Fact]
    public void Coverage_EveryPairOftenEnough_MissesNothing() =>
        new CoverageTable(Everywhere(CoverageTable.HitsMin), Lives, null).Missed.ShouldBeEmpty();

    [Fact]
    public void Coverage_EveryPairOnceTooSeldom_MissesEachPossibleOne() =>
        new CoverageTable(Everywhere(CoverageTable.HitsMin - 1), Lives, null).Missed.Count.ShouldBe(
            FaultKinds.All.Sum(kind => CoverageTable.Phases.Count(phase => ImpossiblePairs.Reason(kind, phase) is null))
        );

    [Fact]
    public void Coverage_FewerLives_AsksForFewerHits() =>
        new CoverageTable(Everywhere(CoverageTable.HitsMin / 10), Lives / 10, null).Missed.ShouldBeEmpty();

    [Fact]
    public void Coverage_QuietGenerator_IsNamed()
    {
        // A generator that has forgotten one kind, and never strikes during an election.
        var order = new SweepOrder(1, 40, seed => Without("crash", MomentName.Electing, FaultPlanner.Draw(seed, 3)));
        var sweep = Sweep.Play(order, static _ => { });
        var missed = new CoverageTable(sweep.Tally, sweep.LifeCount, 3).Missed;
        missed.ShouldContain("crash x Steady: 0 of 1");
        sweep.Tally.Kinds.ContainsKey("crash").ShouldBeFalse();
        sweep.Tally.Moments.ContainsKey(MomentName.Electing).ShouldBeFalse();
        sweep.Tally.Moments[MomentName.BetweenHeartbeats].Came.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Coverage_OneLife_CountsEachFaultThatBegan()
    {
        var plan = FaultPlanner.Draw(7, 3);
        var power = new Fault.PowerCut(TimeSpan.FromSeconds(8), new Fabric.NodeId(1), TimeSpan.FromSeconds(5));
        var again = power with { At = TimeSpan.FromSeconds(9) };
        var life = ClusterLife.Play(plan with { Faults = [power, again] }, null);
        life.Tally.Kinds.ShouldBe(new Dictionary<string, int> { ["power cut"] = 1 }, "the second found nobody");
        life.Tally.Of("power cut", Phase.Steady).ShouldBe(1);
    }

    [Fact]
    public void Kinds_AllHaveNamesOfTheirOwn() => FaultKinds.All.Select(kind => kind.Name).ShouldBeUnique();

    [Fact]
    public void Kinds_Drawn_AreWhatTheySay()
    {
        var shape = new Shape(5, 5, 2, false);
        foreach (var kind in FaultKinds.All)
        {
            // The first draw of a plan always has a node to lose.
            kind.Draw(new Dice(new Protocol.Prng(3), shape), TimeSpan.FromSeconds(9)).Kind.ShouldBe(kind.Name);
        }
    }

    [Fact]
    public void Pairs_WithoutGroupEntries_SayWhyNot() =>
        FaultKinds.All.ShouldAllBe(kind =>
            GroupEntries.Exist || ImpossiblePairs.Reason(kind, Phase.GroupChange) != null
        );

    private static FaultPlan Without(string kind, MomentName moment, FaultPlan plan) =>
        plan with
        {
            Faults = [.. plan.Faults.Where(fault => fault.Kind != kind && fault.When?.Name != moment)],
        };

    private static Tally Everywhere(int hits)
    {
        var tally = new Tally();
        var all = CoverageTable.Phases.Aggregate(Phase.None, static (some, phase) => some | phase);
        foreach (var kind in FaultKinds.All)
        {
            for (var i = 0; i < hits; i++)
            {
                tally.Add(Named(kind), all);
            }
        }

        return tally;
    }

    private static Fault.Series Named(FaultKind kind) => new(TimeSpan.Zero, kind.Name, []);
}
