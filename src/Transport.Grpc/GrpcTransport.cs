using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using LinkOpening = ClusterRas.Wire.V1.LinkOpening;

namespace ClusterRas.Transport.Grpc;

/// <summary>Links over gRPC: one TCP connection for each, with one stream for frames and one for bulk.</summary>
/// <remarks>
/// It listens through <see cref="LinkService"/>, which the host maps; the host must be listening before
/// <see cref="StartAsync"/>, and ends it before the host. Frames may arrive on any connection of a link and leave on
/// the newest. Why there is mostly one, and who closes which: docs/adr/0009-one-connection-per-link.md.
/// </remarks>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Calls may ask for the token after the end; the source holds neither timer nor handle."
)]
public sealed class GrpcTransport : ITransport
{
    /// <summary>What the host sets as MaxReceiveMessageSize: the largest frame with its envelope.</summary>
    public const int MessageBytesMax = CodecLimits.FrameBytesMax + 64;

    private readonly Lock following = new();
    private readonly ConcurrentDictionary<LinkId, GrpcLink> guests = [];
    private volatile FrozenDictionary<LinkId, (GrpcLink Link, LinkDialler Dialler)> links;
    private readonly CancellationTokenSource ending = new();
    private readonly SelfRoad selfRoad;
    private CancellationTokenRegistration stopping;
    private ITransportSink? sink;
    private long staleDropped;

    /// <summary>A transport that is not started yet.</summary>
    /// <param name="self">This node.</param>
    /// <param name="links">Every link of this node, see <see cref="GrpcLinkAddress.AllOf"/>.</param>
    /// <param name="log">For connections; what becomes of links is told to the sink.</param>
    public GrpcTransport(
        NodeId self,
        IEnumerable<GrpcLinkAddress> links,
        GrpcTransportOptions? options = null,
        ILogger? log = null
    )
    {
        Self = self;
        Options = options ?? new GrpcTransportOptions();
        Log = log ?? NullLogger.Instance;
        LinkService = new LinkService(this);
        selfRoad = new SelfRoad(Options.Clock);
        this.links = links.Select(NewLink).ToFrozenDictionary(link => link.Link.Id);
    }

    /// <inheritdoc />
    public TransportKind Kind => TransportKind.Grpc;

    /// <summary>What the host maps; refuses everybody until the transport is started.</summary>
    public LinkService LinkService { get; }

    /// <summary>Answers and starts of handlers that were too old when it was their turn.</summary>
    public long StaleDropped => Interlocked.Read(ref staleDropped);

    internal NodeId Self { get; }

    internal GrpcTransportOptions Options { get; }

    internal ILogger Log { get; }

    internal RunningTasks Running { get; } = new();

    internal CancellationToken Ending => ending.Token;

    internal ITransportSink Sink => sink ?? throw new InvalidOperationException("not started");

    /// <summary>Begins to dial, and to let peers in.</summary>
    /// <inheritdoc />
    public Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        lock (following)
        {
            this.sink = sink;
            Running.Add(Task.Run(() => selfRoad.RunAsync(sink, Ending), CancellationToken.None));
            foreach (var (_, dialler) in links.Values)
            {
                Running.Add(Task.Run(dialler.RunAsync, CancellationToken.None));
            }
        }

        stopping = stop.UnsafeRegister(static self => ((GrpcTransport)self!).Stop(), this);
        return Task.CompletedTask;
    }

    /// <summary>Another map: links that are new are dialled, those that have moved are dialled at their new place beside what is
    /// connected, and those that are not kept end. All others are not touched. Never waits; from any thread.</summary>
    /// <param name="addresses">Every link of the map.</param>
    /// <param name="kept">Links that stay or come; those without an address keep the one that they had.</param>
    public void Follow(IReadOnlyList<GrpcLinkAddress> addresses, IReadOnlyCollection<LinkId> kept)
    {
        lock (following)
        {
            var next = links.Where(link => kept.Contains(link.Key)).ToDictionary();
            foreach (var address in addresses)
            {
                if (!kept.Contains(address.Link))
                {
                    continue;
                }

                if (next.TryGetValue(address.Link, out var known))
                {
                    if (known.Link.Move(address))
                    {
                        known.Dialler.DialBeside();
                    }
                }
                else
                {
                    next.Add(
                        address.Link,
                        guests.TryGetValue(address.Link, out var guest) ? Listed(guest, address) : NewLink(address)
                    );
                }
            }

            var before = links;
            links = next.ToFrozenDictionary();
            if (sink is not null && !ending.IsCancellationRequested)
            {
                foreach (var (id, (_, dialler)) in links)
                {
                    if (!before.ContainsKey(id))
                    {
                        Running.Add(Task.Run(dialler.RunAsync, CancellationToken.None));
                    }
                }
            }

            foreach (var (id, (link, _)) in before)
            {
                if (!links.ContainsKey(id))
                {
                    link.End("it is not in the map any more");
                }
            }

            foreach (var (id, guest) in guests)
            {
                if (links.ContainsKey(id))
                {
                    guests.TryRemove(id, out _);
                }
                else if (!kept.Contains(id) && guests.TryRemove(id, out _))
                {
                    guest.End("it is not in the map");
                }
            }
        }
    }

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame) =>
        Find(link) is { } found ? found.Send(frame)
        : link.Peer == Self ? selfRoad.Send(link, frame)
        : SendOutcome.LinkDown;

    /// <inheritdoc />
    public void Relink(LinkId link)
    {
        if (links.TryGetValue(link, out var found))
        {
            found.Dialler.DialBeside();
        }
    }

    /// <inheritdoc />
    public void Close(LinkId link, string reason) => Find(link)?.Close(reason);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.DisposeAsync().ConfigureAwait(false);
        Stop();
        await Running.WhenEndedAsync().ConfigureAwait(false);
    }

    internal bool TryFind(
        LinkOpening opening,
        [NotNullWhen(true)] out GrpcLink? link,
        [NotNullWhen(false)] out string? refusal
    )
    {
        link = null;
        refusal = opening switch
        {
            _ when sink is null || ending.IsCancellationRequested => $"node {Self} is not running",
            { HasToNode: false } or { HasFromNode: false } => "the opening does not say from whom to whom",
            _ when opening.ToNode != (uint)Self.Value => $"this is node {Self}, not #{opening.ToNode}",
            _ => null,
        };
        if (refusal is not null)
        {
            return false;
        }

        if (opening.FromNode >= Limits.NodeCountMax || opening.Die >= Limits.DieCountMax)
        {
            refusal = $"there is no node #{opening.FromNode} with a die {opening.Die}";
            return false;
        }

        var id = new LinkId(new NodeId((int)opening.FromNode), new Die((int)opening.Die), Kind);
        link = Find(id) ?? FindOrWelcome(id);
        return true;
    }

    /// <summary>How many connections a link has.</summary>
    internal int ConnectionCount(LinkId link) => links[link].Link.ConnectionCount;

    internal LinkConnection? NewestConnection(LinkId link) => links[link].Link.Newest;

    internal void NoteStale() => Interlocked.Increment(ref staleDropped);

    private (GrpcLink Link, LinkDialler Dialler) NewLink(GrpcLinkAddress address)
    {
        var link = new GrpcLink(this, address.Link, address);
        return (link, new LinkDialler(link, this));
    }

    private (GrpcLink Link, LinkDialler Dialler) Listed(GrpcLink guest, GrpcLinkAddress address)
    {
        guest.Move(address);
        return (guest, new LinkDialler(guest, this));
    }

    /// <summary>Whom the map has not may have a newer one. The sink hears what it says, and closes it or has it followed.</summary>
    private GrpcLink FindOrWelcome(LinkId id)
    {
        // One at a time with Follow, which may be listing this very link, or letting it go.
        lock (following)
        {
            return Find(id) ?? guests.GetOrAdd(id, static (id, self) => new GrpcLink(self, id, null), this);
        }
    }

    private GrpcLink? Find(LinkId id) =>
        links.TryGetValue(id, out var found) ? found.Link : guests.GetValueOrDefault(id);

    private void Stop()
    {
        ending.Cancel();
        lock (following)
        {
            foreach (var (link, _) in links.Values)
            {
                link.End("this node is ending");
            }

            foreach (var guest in guests.Values)
            {
                guest.End("this node is ending");
            }
        }
    }
}
