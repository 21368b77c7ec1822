using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Urma;

/// <summary>Rhythms and limits of the URMA transport.</summary>
public sealed record UrmaTransportOptions
{
    /// <summary>The file of the library. Default: as distributions install it.</summary>
    public string LibraryPath { get; init; } = Native.UrmaLibrary.PathDefault;

    /// <summary>The jetty of all nodes of the cluster. Default 20: below those that IP over URMA takes.</summary>
    public JettyId Jetty { get; init; } = new(20);

    /// <summary>Receive buffers of each DIE, of 4,096 bytes; there are half as many to send from. Default 512.</summary>
    public int Slots { get; init; } = 512;

    /// <summary>Answers and handler starts that were decided longer ago are not sent. Default 500 ms.</summary>
    public TimeSpan FreshFor { get; init; } = new ProtocolOptions().ElectionTimeoutMin;

    /// <summary>A peer that has not answered a hello for so long is asked again. Default 1 s.</summary>
    public TimeSpan OpenWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a first failed attempt; the next ones are longer, with jitter. Default 50 ms.</summary>
    public TimeSpan RedialFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between two attempts. Default 1 s.</summary>
    public TimeSpan RedialMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A session that ends sooner counts as a failed attempt. Default 1 s.</summary>
    public TimeSpan LivesFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An open link on which nothing was sent for so long sends something, to see whether it arrives. Default 500 ms.</summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Pause before the library, a device or a jetty that was missing is looked for again. Default 5 s.</summary>
    public TimeSpan LookAgainAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Frames that wait for one link; see <see cref="LinkQueue"/>.</summary>
    public int QueueFramesMax { get; init; } = LinkQueue.FramesMaxDefault;

    /// <summary>This node's clock. Default <see cref="MonotonicClock"/>.</summary>
    public Func<Instant> Clock { get; init; } = static () => MonotonicClock.Now;
}

/// <summary>Where one link leads.</summary>
/// <param name="Link">The link, by the peer's name here.</param>
/// <param name="Local">This node's own eid on that DIE.</param>
/// <param name="Peer">The peer's.</param>
public sealed record UrmaLinkAddress(LinkId Link, Eid Local, Eid Peer) : INativeAddress
{
    /// <summary>The links that the map plans over URMA: all, but for the gaps, where a jetty is said.</summary>
    public static IReadOnlyList<UrmaLinkAddress> AllOf(Topology topology, NodeId self) =>
        [
            .. from planned in PlannedLink.AllOf(topology)
            where planned.Transport == TransportKind.Urma && (planned.Lower == self || planned.Higher == self)
            let peer = planned.Lower == self ? planned.Higher : planned.Lower
            select new UrmaLinkAddress(
                new LinkId(peer, planned.Die, TransportKind.Urma),
                topology[self].Dies[planned.Die.Value].Eid,
                topology[peer].Dies[planned.Die.Value].Eid
            ),
        ];
}
