using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
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
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Links may ask for the token after the end; it holds no handle."
)]
public sealed class UrmaTransport : INativeWire
{
    private readonly CancellationTokenSource ending = new();
    private readonly RunningTasks running = new();
    private readonly Lock following = new();
    private readonly Dictionary<(Die Die, Eid Local), UrmaRail> rails = [];
    private readonly Dictionary<LinkId, Task> ended = [];
    private volatile FrozenDictionary<LinkId, UrmaLink> links = FrozenDictionary<LinkId, UrmaLink>.Empty;
    private CancellationTokenRegistration stopping;
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
        links = addresses.ToFrozenDictionary(
            address => address.Link,
            address => new UrmaLink(this, address, Task.CompletedTask)
        );
        ShareOut();
    }

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.Urma;

    /// <summary>Told of what kernels say; null: nobody listens, and only heartbeats are answered. On the pool; set before the start.</summary>
    public Action<Die, Eid, NodeMessage>? NodeMessageHeard { get; set; }

    internal NodeId Self { get; }

    internal UrmaTransportOptions Options { get; }

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

        stopping = stop.UnsafeRegister(static self => ((UrmaTransport)self!).ending.Cancel(), this);
        await Task.WhenAll(looked).ConfigureAwait(false);
    }

    /// <summary>Another map: links that are new begin, those with another eid end and begin anew, and those that are not kept end.
    /// All others are not touched. Never waits; from any thread.</summary>
    /// <param name="addresses">Every link of the map over URMA.</param>
    /// <param name="kept">Links that stay or come, by whatever wire; those without an address keep the one that they had.</param>
    public void Follow(IReadOnlyList<UrmaLinkAddress> addresses, IReadOnlyCollection<LinkId> kept)
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
                    next[address.Link] = new UrmaLink(this, address, before);
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

    /// <summary>Says one message of 40 bytes to a peer's kernel, or to who answers for it.</summary>
    /// <returns>False: there is no way to it now.</returns>
    public bool Say(LinkId link, NodeMessage message) =>
        links.TryGetValue(link, out var found) && found.SayAsKernel(message);

    /// <summary>Says one message of 40 bytes to the kernel that has this address, where the map has a link to it.</summary>
    /// <returns>False: there is no way to it now.</returns>
    public bool Answer(Die die, Eid to, NodeMessage message) =>
        links.Values.FirstOrDefault(link => link.Id.Die == die && link.Address.Peer == to)?.SayAsKernel(message)
        == true;

    /// <inheritdoc />
    public bool IsSimulated { get; internal set; }

    /// <inheritdoc />
    public string? WhyNot(LinkId link) =>
        links.TryGetValue(link, out var found) ? found.WhyNot : "the map plans no such link";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.DisposeAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await running.WhenEndedAsync().ConfigureAwait(false);
    }

    internal void Watch(Task task) => running.Add(task);

    // To each address of this node the links that leave from it.
    private void ShareOut()
    {
        var shares = links.Values.GroupBy(link => (link.Id.Die, link.Address.Local)).ToDictionary(share => share.Key);
        foreach (var (key, rail) in rails.Where(rail => !shares.ContainsKey(rail.Key)).ToArray())
        {
            rail.Leave();
            rails.Remove(key);
        }

        foreach (var (key, share) in shares)
        {
            if (rails.TryGetValue(key, out var rail))
            {
                rail.Follow([.. share]);
                continue;
            }

            rail = rails[key] = new UrmaRail(this, key.Die, key.Local);
            rail.Follow([.. share]);
            if (sink is not null && !IsEnding)
            {
                Run(rail);
            }
        }
    }

    private void Run(UrmaRail rail) => Watch(Task.Run(() => rail.RunAsync(ending.Token), CancellationToken.None));

    /// <summary>Never zero, and none that was used lately.</summary>
    internal static uint NewTag() => (uint)Random.Shared.NextInt64(1, uint.MaxValue);
}
