using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using ClusterRas.Transport.Urma.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterRas.Transport.Urma;

/// <summary>Links over URMA jetties: on each DIE one port, and on it a session with each peer.</summary>
/// <remarks>
/// Where the library, a device with our eid or the jetty is missing the links of that DIE stay closed, one line says why,
/// and it is looked for again; nothing else waits for it. Rules of sessions and windows: docs/wires.md.
/// </remarks>
public sealed class UrmaTransport : INativeWire
{
    private readonly NativeLinks<UrmaLinkAddress, UrmaLink, (Die Die, Eid Local), UrmaRail> links;
    private ITransportSink? sink;

    /// <summary>A transport that is not started yet.</summary>
    /// <param name="self">This node.</param>
    /// <param name="addresses">Every link of this node, see <see cref="UrmaLinkAddress.AllOf"/>.</param>
    /// <param name="log">For ports and sessions; what becomes of links is told to the sink.</param>
    public UrmaTransport(
        NodeId self,
        IEnumerable<UrmaLinkAddress> addresses,
        UrmaTransportOptions? options = null,
        ILogger? log = null
    )
    {
        Self = self;
        Options = options ?? new UrmaTransportOptions();
        Log = log ?? NullLogger.Instance;
        links = new(
            (address, before) => new UrmaLink(this, address, before),
            link => (link.Id.Die, link.Address.Local),
            key => new UrmaRail(this, key.Die, key.Local)
        );
        links.Begin(addresses);
    }

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.Urma;

    /// <summary>Told of what kernels say; null: nobody listens, and only heartbeats are answered. On the pool; set before the start.</summary>
    public Action<Die, Eid, NodeMessage>? NodeMessageHeard { get; set; }

    internal NodeId Self { get; }

    internal UrmaTransportOptions Options { get; }

    internal ILogger Log { get; }

    internal bool IsEnding => links.IsEnding;

    internal ITransportSink Sink => sink ?? throw new InvalidOperationException("not started");

    /// <inheritdoc />
    public Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        this.sink = sink;
        return links.StartAsync(stop);
    }

    /// <inheritdoc cref="NativeLinks{TAddress, TLink, TKey, TRail}.Follow" />
    public void Follow(IReadOnlyList<UrmaLinkAddress> addresses, IReadOnlyCollection<LinkId> kept) =>
        links.Follow(addresses, kept);

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame) => links.Find(link)?.Send(frame) ?? SendOutcome.LinkDown;

    /// <inheritdoc />
    public void Relink(LinkId link) => links.Find(link)?.Relink();

    /// <inheritdoc />
    public void Close(LinkId link, string reason) => links.Find(link)?.Close(reason);

    /// <summary>Says one message of 40 bytes to a peer's kernel, or to who answers for it.</summary>
    /// <returns>False: there is no way to it now.</returns>
    public bool Say(LinkId link, NodeMessage message) => links.Find(link)?.SayAsKernel(message) == true;

    /// <summary>Says one message of 40 bytes to the kernel that has this address, where the map has a link to it.</summary>
    /// <returns>False: there is no way to it now.</returns>
    public bool Answer(Die die, Eid to, NodeMessage message) =>
        links.All.FirstOrDefault(link => link.Id.Die == die && link.Address.Peer == to)?.SayAsKernel(message) == true;

    /// <inheritdoc />
    public bool IsSimulated { get; internal set; }

    /// <inheritdoc />
    public string? WhyNot(LinkId link) => links.Find(link) is { } found ? found.WhyNot : "the map plans no such link";

    /// <inheritdoc />
    public ValueTask DisposeAsync() => links.DisposeAsync();

    internal void Watch(Task task) => links.Watch(task);
}
