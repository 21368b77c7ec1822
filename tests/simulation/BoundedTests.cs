using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulation.Tests;

public sealed class BoundedTests
{
    private const int Many = 2_001;
    private static readonly NodeId Here = new(1);
    private static readonly LinkId There = new(new NodeId(2), default, TransportKind.Grpc);

    [Fact]
    public void Frames_OfItsOwn_TooManyWithinASecond_AreSeen() =>
        Judge(new Message.TimeoutNow(new Term(1)), Many)
            .ShouldBe("#1 sends more than 2000 frames over #2/die0/grpc within a second");

    // A bridge between two halves passes on what was held for seconds, of several speakers, at once (life 420015409077 of 16 nodes).
    [Fact]
    public void Frames_ThatItForwards_AreCountedWhereTheyAreSaid() =>
        Judge(Relayed(new NodeId(0)), Many).ShouldBeNull();

    [Fact]
    public void Frames_ThatAreForwardedWithoutEnd_AreSeen() =>
        Judge(Relayed(new NodeId(0)), 4 * Many)
            .ShouldBe("#1 sends more than 8000 frames over #2/die0/grpc within a second");

    [Fact]
    public void Frame_ThatHasNotCome_AndIsForwarded_IsSeen() =>
        Judge(Relayed(new NodeId(0)), 1, comesEachTime: false).ShouldNotBeNull();

    [Fact]
    public void Frames_ThatItSaysThroughAPeer_AreItsOwn() => Judge(Relayed(Here), Many).ShouldNotBeNull();

    // A minute's beats of a fast master, read at once behind a standstill (life 6600000833 of 5 nodes): one answer each, but twice as many on the best rail.
    [Theory]
    [InlineData(0, null)]
    [InlineData(Many, "#1 sends more than 2000 frames over #2/die0/grpc within a second")]
    public void Answers_ToABacklogOfBothRails_MayGoOverOne_OncePerFrame(int more, string? reason)
    {
        var judges = new Judges(Trace.Three, new Bounded(new ProtocolOptions()));
        var frame = new Frame(0, 0, 0, new Message.TimeoutNow(new Term(1)));
        for (var at = 0; at < 2 * Many; at++)
        {
            var arrived = new Input.Arrived(There with { Die = new Die(at % 2) }, frame);
            judges.See(new Sighting.Took(TimeSpan.FromSeconds(1), Here, new Instant(1), arrived, Instant.Never));
        }

        for (var at = 0; at < (2 * Many) + more; at++)
        {
            var send = new Effect.Send(There, frame);
            judges.See(new Sighting.Decided(TimeSpan.FromSeconds(1), Here, new Instant(1), send));
        }

        judges.Violation?.Reason.ShouldBe(reason);
        (judges.Violation is null).ShouldBe(reason is null);
    }

    private static Message.Relayed Relayed(NodeId origin) =>
        new(origin, There.Peer, 1, 0, new Message.TimeoutNow(new Term(1)));

    private static string? Judge(Message message, int count, bool comesEachTime = true)
    {
        var judges = new Judges(Trace.Three, new Bounded(new ProtocolOptions()));
        for (var at = 0; at < count; at++)
        {
            if (message is Message.Relayed relayed && relayed.Origin != Here && comesEachTime)
            {
                var arrived = new Input.Arrived(There with { Peer = relayed.Origin }, new Frame(0, 0, 0, relayed));
                judges.See(new Sighting.Took(TimeSpan.FromSeconds(1), Here, new Instant(1), arrived, Instant.Never));
            }

            var send = new Effect.Send(There, new Frame(0, 0, 0, message));
            judges.See(new Sighting.Decided(TimeSpan.FromSeconds(1), Here, new Instant(1), send));
        }

        return judges.Violation?.Reason;
    }
}
