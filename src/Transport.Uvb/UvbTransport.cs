using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterRas.Transport.Uvb;

/// <summary>Links over UVB windows: one call to one peer at a time for each link, and the links beside each other.</summary>
/// <remarks>
/// No program can make UVB calls today, so what is below is a stand-in in shared memory, and this wire says of itself that it is
/// simulated. Where the library or its windows are missing the links stay closed, one line says why, and it is looked for again;
/// nothing else waits for it. Rules and what a driver must offer: docs/uvb.md.
/// </remarks>
public sealed class UvbTransport : INativeWire
{
    private readonly NativeLinks<UvbLinkAddress, UvbLink, Cna, UvbRail> links;
    private ITransportSink? sink;

    /// <summary>A transport that is not started yet.</summary>
    /// <param name="self">This node.</param>
    /// <param name="addresses">Every link of this node, see <see cref="UvbLinkAddress.AllOf"/>.</param>
    /// <param name="log">For windows and sessions; what becomes of links is told to the sink.</param>
    public UvbTransport(
        NodeId self,
        IEnumerable<UvbLinkAddress> addresses,
        UvbTransportOptions? options = null,
        ILogger? log = null
    )
    {
        Self = self;
        Options = options ?? new UvbTransportOptions();
        Log = log ?? NullLogger.Instance;
        links = new(
            (address, before) => new UvbLink(this, address, before),
            link => link.Address.Local,
            cna => new UvbRail(this, cna)
        );
        links.Begin(addresses);
    }

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.Uvb;

    /// <summary>Always: there is no UVB for programs yet.</summary>
    public bool IsSimulated => true;

    internal NodeId Self { get; }

    internal UvbTransportOptions Options { get; }

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
    public void Follow(IReadOnlyList<UvbLinkAddress> addresses, IReadOnlyCollection<LinkId> kept) =>
        links.Follow(addresses, kept);

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame) => links.Find(link)?.Send(frame) ?? SendOutcome.LinkDown;

    /// <inheritdoc />
    public void Relink(LinkId link) => links.Find(link)?.Relink();

    /// <inheritdoc />
    public void Close(LinkId link, string reason) => links.Find(link)?.Close(reason);

    /// <inheritdoc />
    public string? WhyNot(LinkId link) =>
        links.Find(link) is { } found ? found.WhyNot
        : link.Die.Value > 0 ? "UVB has no rails: die0 has its link"
        : "the map plans no such link";

    /// <inheritdoc />
    public ValueTask DisposeAsync() => links.DisposeAsync();

    internal void Watch(Task task) => links.Watch(task);
}
