using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulation.Tests;

/// <summary>A fault that waits for a moment begins just then. Plans by hand, five nodes, a quick network.</summary>
public sealed class MomentTests
{
    private static readonly TimeSpan Armed = TimeSpan.FromSeconds(8);
    private static readonly NodeId Witness = new(3);

    [Fact]
    public void Moment_BetweenHeartbeats_IsHalfWayBetweenTwo()
    {
        var seen = Play(Waiting(MomentName.BetweenHeartbeats, new NodeId(2)));
        var before = Began(seen).At - (new ProtocolOptions().HeartbeatEvery / 2);
        seen.OfType<Sighting.Done>()
            .ShouldContain(done => done.At == before && done.Node == new NodeId(2) && IsHeartbeat(done));
    }

    [Fact]
    public void Moment_LastMillisecond_IsOneBeforeTheEnd()
    {
        var stalls = Enumerable.Range(0, 5).Select(id => new Fault.StalledDisk(Armed, new NodeId(id), Seconds(2)));
        var word = new Fault.Said(Armed + Seconds(0.1), Witness, Witness, EventKind.KernelReboot, 1_000);
        var seen = Play([Waiting(MomentName.LastMillisecond, null), .. stalls, word]);
        Began(seen).At.ShouldBe(word.At + Seconds(0.999));
        seen.OfType<Sighting.Decided>().ShouldContain(decided => decided.Effect is Effect.WindowOver);
    }

    [Theory]
    [InlineData(nameof(MomentName.ReceivedNotCommitted))]
    [InlineData(nameof(MomentName.CommittedNotAcked))]
    public void Moment_OnTheWayOfAWord_ComesWithIt(string moment)
    {
        var name = Enum.Parse<MomentName>(moment);
        var word = new Fault.Local(Armed + Seconds(0.1), Witness, EventKind.PowerOff, 5_000);
        var began = Began(Play(Waiting(name, null), word));
        (began.At - word.At).ShouldBeInRange(TimeSpan.Zero, Seconds(0.5));
    }

    [Fact]
    public void Moment_Election_ComesWithTheFirstVoteRequest()
    {
        var seen = Play(Waiting(MomentName.Electing, new NodeId(4)), new Fault.PowerCut(Armed, null, Seconds(2)));
        var request = seen.OfType<Sighting.Done>()
            .First(done => done.At >= Armed && done.Effect is Effect.Send { Frame.Message: Message.RequestVote });
        Began(seen).At.ShouldBe(request.At);
    }

    [Fact]
    public void Moment_Rejoining_ComesWhenANodeStarts()
    {
        var seen = Play(
            Waiting(MomentName.Rejoining, new NodeId(4)),
            new Fault.ProcessCrash(Armed, new NodeId(1), Seconds(1), 0)
        );
        Began(seen).At.ShouldBe(seen.OfType<Sighting.Started>().First(started => started.At > Armed).At);
    }

    [Fact]
    public void Moment_ThatNeverComes_LeavesTheFaultOut() =>
        Play(Waiting(MomentName.Electing, new NodeId(4))).ShouldNotContain(sighting => IsOurs(sighting));

    [Fact]
    public void Moment_IsPrintedWithThePlan() =>
        Plan([Waiting(MomentName.CatchUp, null)]).ToString().ShouldContain("When = Moment { Name = CatchUp");

    [Fact]
    public void MajorityOfVotersPanics_NobodyIsAckedAndWindowsEnd()
    {
        var panics = Enumerable.Range(0, 3).Select(id => new Fault.Panic(Armed, new NodeId(id), 5_000, Seconds(4)));
        var seen = Play([.. panics, new Fault.Said(Armed + Seconds(1), Witness, Witness, EventKind.Panic, 3_000)]);
        var back = Armed + Seconds(9);
        seen.ShouldNotContain(sighting =>
            sighting.At > Armed + Seconds(0.1) && sighting.At < back && IsAnswer(sighting)
        );
        seen.OfType<Sighting.Decided>()
            .ShouldContain(decided => decided.At < back && decided.Effect is Effect.WindowOver);
        seen.OfType<Sighting.Off>().Count(off => off.Why == "panicked").ShouldBe(3);
    }

    [Fact]
    public void WallClockJump_ChangesNothingButItsOwnLine()
    {
        var jump = new Fault.WallClockJump(Armed, Witness, TimeSpan.FromHours(-12));
        var word = new Fault.Local(Armed + Seconds(0.5), Witness, EventKind.PowerOff, 5_000);
        TranscriptOf(Plan([jump, word]))
            .Where(line => !line.Contains("wall clock jump", StringComparison.Ordinal))
            .ShouldBe(TranscriptOf(Plan([word])));
    }

    [Fact]
    public void DamagedFrames_AreRefusedAndNothingElse()
    {
        var noise = new Fault.Noise(Armed, Seconds(2), NodeSet.All(5), 0, 0, 0, default) { CorruptPermille = 300 };
        var seen = Play(noise, noise with { CorruptPermille = 0, TruncatePermille = 300, At = Armed + Seconds(3) });
        seen.OfType<Sighting.Refused>().Count().ShouldBeGreaterThan(50);
        seen.ShouldNotContain(sighting => sighting is Sighting.Broke);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Clock_ThatDrifts_SaysWhenItReachesAnInstant(int ppm)
    {
        var agenda = new Agenda();
        var clock = new MonotonicClock(agenda);
        clock.Begin(TimeSpan.FromDays(3));
        agenda.Next(TimeSpan.FromSeconds(5));
        clock.Drift(ppm);
        var before = clock.Now;
        agenda.Next(TimeSpan.FromSeconds(15));
        (clock.Now - before).ShouldBe(TimeSpan.FromSeconds(10) + TimeSpan.FromMicroseconds(10 * ppm));
        foreach (var ns in new[] { 1L, 99, 100, 12_345_678_901 })
        {
            var instant = new Instant(clock.Now.Nanoseconds + ns);
            var at = clock.TimeOf(instant);
            agenda.Next(at - TimeSpan.FromTicks(1));
            clock.Now.ShouldBeLessThan(instant);
            agenda.Next(at);
            clock.Now.ShouldBeGreaterThanOrEqualTo(instant);
        }
    }

    private static Fault.Pause Waiting(MomentName name, NodeId? node) =>
        new(Armed, node, TimeSpan.FromMilliseconds(123), false) { When = new Moment(name, TimeSpan.Zero) };

    private static Sighting.FaultBegan Began(IEnumerable<Sighting> seen) =>
        seen.OfType<Sighting.FaultBegan>().Single(IsOurs);

    private static bool IsOurs(Sighting sighting) => sighting is Sighting.FaultBegan { Fault.When: not null };

    private static bool IsHeartbeat(Sighting.Done done) =>
        done.Effect is Effect.Send { Frame.Message: Message.Heartbeat };

    private static bool IsAnswer(Sighting sighting) =>
        sighting
            is Sighting.Freed
                or Sighting.AckWritten { Outcome: ReleaseOutcome.Acked }
                or Sighting.Done { Effect: Effect.Release };

    private static List<Sighting> Play(params Fault[] faults)
    {
        var seen = new List<Sighting>();
        using var cluster = new Cluster(Plan([.. faults]), null, seen.Add);
        cluster.Run().ShouldBeNull();
        return seen;
    }

    private static string[] TranscriptOf(FaultPlan plan)
    {
        using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        ClusterLife.Play(plan, new Transcript(text));
        return text.ToString().Split('\n');
    }

    private static FaultPlan Plan(ImmutableArray<Fault> faults) =>
        new(
            Seed: 1,
            new Shape(5, 5, 1, false),
            [.. Enumerable.Range(0, 5).Select(id => TimeSpan.FromMilliseconds(100 * id))],
            Untagged: default,
            TimeSpan.FromMicroseconds(100),
            TimeSpan.FromMilliseconds(2),
            TimeSpan.FromMilliseconds(3),
            Handlers: [],
            faults,
            FaultsEnd: Seconds(25),
            End: Seconds(45),
            LogEntriesMax: null
        );

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
