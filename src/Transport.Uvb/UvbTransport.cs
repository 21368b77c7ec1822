using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
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
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Links may ask for the token after the end; it holds no handle."
)]
public sealed class UvbTransport : INativeWire
{
    private readonly CancellationTokenSource ending = new();
    private readonly RunningTasks running = new();
    private readonly Lock following = new();
    private readonly Dictionary<Cna, UvbRail> rails = [];
    private readonly Dictionary<LinkId, Task> ended = [];
    private volatile FrozenDictionary<LinkId, UvbLink> links = FrozenDictionary<LinkId, UvbLink>.Empty;
    private CancellationTokenRegistration stopping;
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
        links = addresses.ToFrozenDictionary(
            address => address.Link,
            address => new UvbLink(this, address, Task.CompletedTask)
        );
        ShareOut();
    }

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.Uvb;

    /// <summary>Always: there is no UVB for programs yet.</summary>
    public bool IsSimulated => true;

    internal NodeId Self { get; }

    internal UvbTransportOptions Options { get; }

    internal ILogger Log { get; }

    internal bool IsEnding => ending.IsCancellationRequested;

    internal ITransportSink Sink => sink ?? throw new InvalidOperationException("not started");

    /// <inheritdoc />
    public async Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        Task[] looked;
        lock (following)
        {
            this.sink = sink;
            foreach (var rail in rails.Values)
            {
                Run(rail);
            }

            looked = [.. rails.Values.Select(rail => rail.Looked)];
        }

        stopping = stop.UnsafeRegister(static self => ((UvbTransport)self!).ending.Cancel(), this);
        await Task.WhenAll(looked).ConfigureAwait(false);
    }

    /// <summary>Another map: links that are new begin, those with another CNA end and begin anew, and those that are not kept end.
    /// All others are not touched. Never waits; from any thread.</summary>
    /// <param name="addresses">Every link of the map over UVB.</param>
    /// <param name="kept">Links that stay or come, by whatever wire; those without an address keep the one that they had.</param>
    public void Follow(IReadOnlyList<UvbLinkAddress> addresses, IReadOnlyCollection<LinkId> kept)
    {
        lock (following)
        {
            var roads = kept.Select(link => (link.Peer, link.Die)).ToHashSet();
            var next = links.Where(link => roads.Contains((link.Key.Peer, link.Key.Die))).ToDictionary();
            foreach (var address in addresses)
            {
                var known = next.GetValueOrDefault(address.Link);
                if (roads.Contains((address.Link.Peer, address.Link.Die)) && known?.Address != address)
                {
                    var before = known?.Gone ?? ended.GetValueOrDefault(address.Link, Task.CompletedTask);
                    next[address.Link] = new UvbLink(this, address, before);
                }
            }

            foreach (var (id, link) in links)
            {
                if (next.GetValueOrDefault(id) != link)
                {
                    ended[id] = link.Gone;
                }
            }

            links = next.ToFrozenDictionary();
            ShareOut();
        }
    }

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame) =>
        links.TryGetValue(link, out var found) ? found.Send(frame) : SendOutcome.LinkDown;

    /// <inheritdoc />
    public void Relink(LinkId link)
    {
        if (links.TryGetValue(link, out var found))
        {
            found.Relink();
        }
    }

    /// <inheritdoc />
    public void Close(LinkId link, string reason)
    {
        if (links.TryGetValue(link, out var found))
        {
            found.Close(reason);
        }
    }

    /// <inheritdoc />
    public string? WhyNot(LinkId link) =>
        links.TryGetValue(link, out var found) ? found.WhyNot
        : link.Die.Value > 0 ? "UVB has no rails: die0 has its link"
        : "the map plans no such link";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.DisposeAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await running.WhenEndedAsync().ConfigureAwait(false);
    }

    internal void Watch(Task task) => running.Add(task);

    // To each CNA of this node the links that leave from it.
    private void ShareOut()
    {
        var shares = links.Values.GroupBy(link => link.Address.Local).ToDictionary(share => share.Key);
        foreach (var (cna, rail) in rails.Where(rail => !shares.ContainsKey(rail.Key)).ToArray())
        {
            rail.Leave();
            rails.Remove(cna);
        }

        foreach (var (cna, share) in shares)
        {
            if (rails.TryGetValue(cna, out var rail))
            {
                rail.Follow([.. share]);
                continue;
            }

            rail = rails[cna] = new UvbRail(this, cna);
            rail.Follow([.. share]);
            if (sink is not null && !IsEnding)
            {
                Run(rail);
            }
        }
    }

    private void Run(UvbRail rail) => Watch(Task.Run(() => rail.RunAsync(ending.Token), CancellationToken.None));

    /// <summary>Never zero, and none that was used lately.</summary>
    internal static uint NewTag() => (uint)Random.Shared.NextInt64(1, uint.MaxValue);
}
