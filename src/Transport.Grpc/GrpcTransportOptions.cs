using ClusterRas.Protocol;

namespace ClusterRas.Transport.Grpc;

/// <summary>Rhythms and limits of the gRPC transport. The defaults are right for a cluster in one room.</summary>
public sealed record GrpcTransportOptions
{
    /// <summary>Answers and handler starts that were decided longer ago are not sent. Default 500 ms.</summary>
    public TimeSpan FreshFor { get; init; } = new ProtocolOptions().ElectionTimeoutMin;

    /// <summary>For the TCP connection of one attempt. Default 1 s, when the kernel would try again.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For one whole attempt, with the peer's answer. Default 2 s.</summary>
    public TimeSpan OpenWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause after a first failed attempt; the next ones are longer, with jitter. Default 50 ms.</summary>
    public TimeSpan RedialFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between two attempts. Default 1 s.</summary>
    public TimeSpan RedialMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection lost sooner counts as a failed attempt: its peer may refuse us. Default 1 s.</summary>
    public TimeSpan LivesFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a connection the higher of two nodes dials too: so late it is told that nobody listens any more. Default 0.5 s.</summary>
    public TimeSpan StandInAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>An older connection ends after so long, even if the newer has carried nothing. Default 2 s.</summary>
    public TimeSpan ReplaceAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A dialled connection that is silent so long is asked, and ends after as long without an answer.</summary>
    internal TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Frames that wait for one link; see <see cref="LinkQueue"/>.</summary>
    public int QueueFramesMax { get; init; } = LinkQueue.FramesMaxDefault;

    /// <summary>This node's clock. Default <see cref="MonotonicClock"/>.</summary>
    public Func<Instant> Clock { get; init; } = static () => MonotonicClock.Now;
}
