using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Which rail a heartbeat takes (protocol.md 10): in turns while all of a peer's rails are sound, else all that are left.</summary>
public class TurnTests
{
    private const double Seconds = 12;

    private static readonly TimeSpan Turn = new ProtocolOptions().HeartbeatEvery;

    [Fact]
    public void Peer_WithTwoSoundRails_HearsEachBeatOnce_OnEachRailInTurn()
    {
        var cluster = Settled();
        var beats = Beats(cluster, 0, 1);

        Gaps(beats).ShouldAllBe(gap => gap == Turn);
        beats
            .Select(beat => beat.Die)
            .Zip(beats.Skip(1).Select(beat => beat.Die))
            .ShouldAllBe(two => two.First != two.Second);
        beats.ShouldAllBe(beat => beat.Said.TakesTurns);
    }

    [Fact]
    public void Peer_WithOneRail_HearsEachBeat()
    {
        var beats = Beats(Settled(dies: 1), 0, 1);

        Gaps(beats).ShouldAllBe(gap => gap == Turn);
    }

    [Fact]
    public void Peer_WithADeadRail_HearsEachBeatOnTheOther_AndNobodyElseHearsMore()
    {
        var cluster = Settled();
        cluster.CutRail(0, 1, 0);
        cluster.Run(cluster.Options.RailSilentAfter.TotalSeconds + Turn.TotalSeconds);

        Gaps(Beats(cluster, 0, 1).Where(beat => beat.Die == 1)).ShouldAllBe(gap => gap == Turn);
        Gaps(Beats(cluster, 0, 2)).ShouldAllBe(gap => gap == Turn);

        cluster.Heal();
        cluster.Run(cluster.Options.RailSilentAfter.TotalSeconds);
        Gaps(Beats(cluster, 0, 1)).ShouldAllBe(gap => gap == Turn);
    }

    // It hears everything itself; only the peer's own beats can tell.
    [Fact]
    public void Peer_ThatDoesNotHearOneRail_HearsEachBeatOnTheOther()
    {
        var cluster = Settled();
        cluster.Rewrite = static (from, message) =>
            from == 1 && message is Message.Heartbeat beat ? Deaf(beat) : message;
        cluster.Run(1);

        Gaps(Beats(cluster, 0, 1).Where(beat => beat.Die == 1)).ShouldAllBe(gap => gap == Turn);

        static Message Deaf(Message.Heartbeat beat) =>
            beat with
            {
                Vector =
                [
                    .. beat.Vector.Select(heard =>
                        heard.Node == new NodeId(0) && heard.Die == new Die(0) ? heard with { AgoMs = 5_000 } : heard
                    ),
                ],
            };
    }

    [Fact]
    public void Rail_ThatIsNotHeard_AsksWithEachBeat_SoThatItIsLinkedAnewAtOnce()
    {
        var cluster = Settled();
        var link = new LinkId(new NodeId(1), new Die(0), TransportKind.Grpc);
        cluster.CutOneWay(1, 0);
        var since = cluster.Now;
        cluster.Run(Seconds);

        var relinked = cluster.Effects.First(seen =>
            seen.At > since && seen.Node == 0 && seen.Effect is Effect.Relink relink && relink.Link == link
        );
        (relinked.At - since).ShouldBeLessThan(
            cluster.Options.RailSilentAfter + Turn + Turn + cluster.Options.LinkAckWithin
        );
    }

    [Fact]
    public void Loss_IsNotToldOfRailsThatTakeTurns_NorWhereTheyBeginOrEndTo()
    {
        var cluster = Settled();
        cluster.CutRail(0, 1, 0);
        cluster.Run(5);
        cluster.Heal();
        cluster.Run(60);

        cluster.Running.SelectMany(node => cluster.Status(node).Links).ShouldAllBe(link => link.LossPermille <= 65);
    }

    private static MiniCluster Settled(int dies = 2)
    {
        var cluster = new MiniCluster(3, dies: dies);
        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady)).ShouldBeTrue();
        cluster.Run(5);
        return cluster;
    }

    /// <summary>What one node says to another from now on, as it leaves.</summary>
    private static List<(Instant At, int Die, Message.Heartbeat Said)> Beats(MiniCluster cluster, int from, int to)
    {
        var since = cluster.Now;
        cluster.Run(Seconds);
        var beats = cluster
            .Effects.Where(seen => seen.At > since && seen.Node == from)
            .Select(seen => (seen.At, Send: seen.Effect as Effect.Send))
            .Where(sent => sent.Send?.Link.Peer == new NodeId(to) && sent.Send.Frame.Message is Message.Heartbeat)
            .Select(sent => (sent.At, sent.Send!.Link.Die.Value, (Message.Heartbeat)sent.Send.Frame.Message))
            .ToList();
        beats.Count.ShouldBeGreaterThan(20);
        return beats;
    }

    private static IEnumerable<TimeSpan> Gaps(IEnumerable<(Instant At, int Die, Message.Heartbeat Said)> beats)
    {
        var at = beats.Select(beat => beat.At).ToList();
        return at.Skip(1).Zip(at, static (next, before) => next - before);
    }
}
