using System.Globalization;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Oracles;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulation.Tests.Rim;

/// <summary>Lives on the product's own ledger and with its own effect runner, stepped.</summary>
public sealed class ProductRunnerTests(ITestOutputHelper output)
{
    private const int LivesPerRun = 15;
    private const int LivesMax = 8;
    private const ulong Every = 97;
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(2);

    [Fact]
    public void Seeds_OnTheProductsRunner_KeepAllPromises()
    {
        output.WriteLine($"{LivesPerRun} lives: the multiples of {Every}");
        var broken = new List<string>();
        Stepped(() =>
        {
            for (ulong turn = 1; turn <= LivesPerRun; turn++)
            {
                using var cluster = NewCluster(turn * Every);
                if (cluster.Run() is { } violation)
                {
                    broken.Add($"seed {turn * Every}: {violation}");
                }
            }
        });
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Seed_OnTheProductsRunnerPlayedTwice_GivesTheSameTranscript()
    {
        var transcripts = new List<string>();
        Stepped(() =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var text = new StringWriter(CultureInfo.InvariantCulture);
                using var cluster = NewCluster(5 * Every, new Transcript(text));
                cluster.Run();
                transcripts.Add(text.ToString());
            }
        });
        transcripts[0].ShouldBe(transcripts[1]);
        transcripts[0].ShouldNotBeEmpty();
    }

    /// <summary>A process is stopped right between its decision and the deed, for longer than an election takes. The product gives the deed back,
    /// and nothing is done twice or by two.</summary>
    [Theory]
    [InlineData(typeof(Effect.Release))]
    [InlineData(typeof(Effect.StartHandler))]
    [InlineData(typeof(Effect.Alarm))]
    public void Deed_DecidedBeforeALongPause_IsGivenBackAndNoPromiseOfSafetyIsBroken(Type deed)
    {
        var lives = new List<(ulong Seed, bool WasGivenBack, Violation? Violation)>();
        Stepped(() =>
        {
            for (ulong turn = 1; turn <= LivesMax; turn++)
            {
                lives.Add(PlayWithPause(turn * Every, deed, clockStands: false));
            }
        });

        // The pause is in no plan, so the promises that a life without it would keep in time say nothing here.
        lives
            .Where(life => life.Violation is { } violation && !violation.Oracle.StartsWith('L'))
            .Select(life => $"seed {life.Seed}: {life.Violation}")
            .ShouldBeEmpty();
        output.WriteLine($"{lives.Count(life => life.WasGivenBack)} of {lives.Count} lives gave one back");
        lives.ShouldContain(life => life.WasGivenBack);
    }

    /// <summary>The check is not blind.</summary>
    [Fact]
    public void Runner_ThatTakesNothingForOld_IsFound()
    {
        var found = new List<string>();
        Stepped(() =>
        {
            for (ulong turn = 1; turn <= LivesMax && found.Count == 0; turn++)
            {
                if (PlayWithPause(turn * Every, typeof(Effect.Alarm), clockStands: true).Violation is { } violation)
                {
                    found.Add(violation.Reason);
                }
            }
        });
        found.ShouldHaveSingleItem().ShouldContain("the runner did not give back what is too old");
    }

    private static (ulong Seed, bool WasGivenBack, Violation? Violation) PlayWithPause(
        ulong seed,
        Type deed,
        bool clockStands
    )
    {
        Cluster? world = null;
        Effect? late = null;
        var wasGivenBack = false;
        using var cluster = NewCluster(seed, watcher: See, clockStands: clockStands);
        world = cluster;
        var violation = cluster.Run();
        return (seed, wasGivenBack, violation);

        void See(Sighting sighting)
        {
            switch (sighting)
            {
                // Seen right after the step and before its effects.
                case Sighting.Decided decided when late is null && decided.Effect.GetType() == deed:
                    late = decided.Effect;
                    world!.Host(decided.Node).Process!.Pause(Stop, beforeEffects: true);
                    break;
                case Sighting.Took { Input: Input.Returned returned }:
                    wasGivenBack |= ReferenceEquals(returned.Effect, late);
                    break;
            }
        }
    }

    private static Cluster NewCluster(
        ulong seed,
        Transcript? transcript = null,
        Action<Sighting>? watcher = null,
        bool clockStands = false
    ) =>
        new(FaultPlanner.Draw(seed, nodeCount: null), transcript, watcher)
        {
            NewRunner = world => new ProductRunner(world, () => clockStands ? Instant.Zero : world.Now),
        };

    /// <summary>On a thread of its own, without a context that would take continuations elsewhere.</summary>
    private static void Stepped(Action play)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                play();
            }
            catch (Exception any)
            {
                thrown = any;
            }
        });
        thread.Start();
        thread.Join();
        thrown.ShouldBeNull();
    }
}
