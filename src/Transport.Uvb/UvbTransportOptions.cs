using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Uvb;

/// <summary>Rhythms and limits of the UVB transport.</summary>
public sealed record UvbTransportOptions
{
    /// <summary>The file of the shim.</summary>
    public string LibraryPath { get; init; } = Native.UvbLibrary.PathDefault;

    /// <summary>What the shim opens: <c>shm:FOLDER</c>, or a driver's device. Default: as <c>CRAS_UVB_PATH</c> says.</summary>
    public string DevicePath { get; init; } = "";

    /// <summary>How long one call is waited for. Default 1.2 s, the limit of the kernel's own.</summary>
    public TimeSpan CallWithin { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>How long for the answer to a goodbye. Default 300 ms.</summary>
    public TimeSpan ByeWithin { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>A peer that has answered a hello and has not said its own for so long is asked again. Default 1 s.</summary>
    public TimeSpan OpenWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Answers and handler starts that were decided longer ago are not sent. Default 500 ms.</summary>
    public TimeSpan FreshFor { get; init; } = new ProtocolOptions().ElectionTimeoutMin;

    /// <summary>Pause after a first failed attempt; the next ones are longer, with jitter. Default 50 ms.</summary>
    public TimeSpan RedialFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between two attempts. Default 1 s.</summary>
    public TimeSpan RedialMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A session that ends sooner counts as a failed attempt. Default 1 s.</summary>
    public TimeSpan LivesFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An open link on which nothing was said for so long says something, to see whether it is answered. Default 500 ms.</summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Pause before the library or a device that was missing is looked for again. Default 5 s.</summary>
    public TimeSpan LookAgainAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Frames that wait for one link; see <see cref="LinkQueue"/>.</summary>
    public int QueueFramesMax { get; init; } = LinkQueue.FramesMaxDefault;

    /// <summary>This node's clock. Default <see cref="MonotonicClock"/>.</summary>
    public Func<Instant> Clock { get; init; } = static () => MonotonicClock.Now;
}

/// <summary>Where one link leads.</summary>
/// <param name="Link">The link, by the peer's name here.</param>
/// <param name="Local">This node's own CNA.</param>
/// <param name="Peer">The peer's.</param>
public sealed record UvbLinkAddress(LinkId Link, Cna Local, Cna Peer) : INativeAddress
{
    /// <summary>The links that the map plans over UVB: one for each pair of nodes that both have a CNA, told as die0's.</summary>
    public static IReadOnlyList<UvbLinkAddress> AllOf(Topology topology, NodeId self) =>
        [
            .. from planned in PlannedLink.AllOf(topology)
            where planned.Transport == TransportKind.Uvb && (planned.Lower == self || planned.Higher == self)
            let peer = planned.Lower == self ? planned.Higher : planned.Lower
            select new UvbLinkAddress(
                new LinkId(peer, planned.Die, TransportKind.Uvb),
                topology[self].Cna ?? default,
                topology[peer].Cna ?? default
            ),
        ];
}
