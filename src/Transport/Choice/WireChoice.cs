using System.Collections.Concurrent;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Several wires as one: each link is carried by the best that is open, for each peer and DIE by itself.</summary>
/// <remarks>
/// All wires dial all the time, and the link is open as long as one of them is (<see cref="WireRoad"/>). Beats, elections and the log go
/// by the best that is open, so a better one that opens takes over, and one that is lost gives over, and nothing is closed. Reports and
/// their answers go over all that are open; the other end hands up the first copy, which may overtake what waits on the wire in use.
/// A link that is doubted (<see cref="Relink"/>) is carried by the next wire for a while. Links are named as the last wire names them,
/// which all have; a link that only that one has, as a node's road to itself, is left to it.
/// </remarks>
public sealed class WireChoice : ITransport
{
    private static readonly TimeSpan DoubtedFor = TimeSpan.FromSeconds(5);

    private readonly ITransport[] wires;
    private readonly Func<Instant> clock;
    private readonly ConcurrentDictionary<(NodeId Peer, Die Die), WireRoad> roads = [];
    private ITransportSink? sink;

    /// <summary>A choice that is not started yet; it ends its wires with itself.</summary>
    /// <param name="wires">Best first. The last one is there on every machine.</param>
    /// <param name="clock">This node's clock. Default <see cref="MonotonicClock"/>.</param>
    public WireChoice(IEnumerable<ITransport> wires, Func<Instant>? clock = null)
    {
        this.wires = [.. wires];
        ArgumentOutOfRangeException.ThrowIfZero(this.wires.Length, nameof(wires));
        this.clock = clock ?? (static () => MonotonicClock.Now);
    }

    /// <inheritdoc />
    public TransportKind Kind => wires[^1].Kind;

    /// <summary>Called with each report that comes here, and the wire that brought it first.</summary>
    public Action<LinkId, string, ReportId>? ReportBrought { get; init; }

    private ITransportSink Sink => sink ?? throw new InvalidOperationException("not started");

    /// <inheritdoc />
    public Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        this.sink = sink;
        return Task.WhenAll(wires.Select((wire, place) => wire.StartAsync(new WireSink(this, place), stop)));
    }

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame)
    {
        if (!roads.TryGetValue((link.Peer, link.Die), out var road))
        {
            return wires[^1].Send(link, frame);
        }

        var place = road.InUse(clock());
        if (place < 0)
        {
            return road.IsClosingHere ? SendOutcome.LinkDown : wires[^1].Send(link, frame);
        }

        var outcome = wires[place].Send(NameOn(place, link), frame);
        if (CopyMemory.GoesOverAll(frame.Message))
        {
            for (var other = 0; other < wires.Length; other++)
            {
                if (
                    other != place
                    && road.IsOpen(other)
                    && wires[other].Send(NameOn(other, link), frame) == SendOutcome.Queued
                )
                {
                    outcome = SendOutcome.Queued;
                }
            }
        }

        return outcome;
    }

    /// <inheritdoc />
    public void Relink(LinkId link)
    {
        if (roads.TryGetValue((link.Peer, link.Die), out var road))
        {
            road.Doubt(clock() + DoubtedFor);
        }

        for (var place = 0; place < wires.Length; place++)
        {
            wires[place].Relink(NameOn(place, link));
        }
    }

    /// <inheritdoc />
    public void Close(LinkId link, string reason)
    {
        if (!roads.TryGetValue((link.Peer, link.Die), out var road) || !road.BeginClose())
        {
            return;
        }

        for (var place = 0; place < wires.Length; place++)
        {
            wires[place].Close(NameOn(place, link), reason);
        }
    }

    /// <summary>Which wire carries a link now, why no better one does, and which stand by and carry copies of reports.</summary>
    public string Tell(LinkId link)
    {
        var road = roads.GetValueOrDefault((link.Peer, link.Die));
        var place = road?.InUse(clock()) ?? -1;
        var beside = Enumerable
            .Range(0, wires.Length)
            .Where(other => other != place && place >= 0 && road is not null && road.IsOpen(other))
            .Select(other => $" + {WordOf(wires[other])}");
        var better = wires
            .Take(place < 0 ? wires.Length : place)
            .OfType<INativeWire>()
            .Select(wire => $"no {WordOf(wire)}: {wire.WhyNot(link with { Transport = wire.Kind }) ?? "in doubt"}");
        return string.Join("; ", [string.Concat([place < 0 ? "none" : WordOf(wires[place]), .. beside]), .. better]);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var wire in wires)
        {
            await wire.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string WordOf(ITransport wire)
    {
        var word = wire.Kind switch
        {
            TransportKind.Urma => "urma",
            TransportKind.Uvb => "uvb",
            _ => "grpc",
        };
        return wire is INativeWire { IsSimulated: true } ? $"{word} (simulated)" : word;
    }

    private LinkId NameOn(int place, LinkId link) => link with { Transport = wires[place].Kind };

    private WireRoad RoadOf(LinkId link) =>
        roads.GetOrAdd(
            (link.Peer, link.Die),
            static (key, self) =>
                new WireRoad(
                    new LinkId(key.Peer, key.Die, self.Kind),
                    self.wires.Length,
                    self.ReportBrought is null ? null : self.NoteBrought
                ),
            this
        );

    private void NoteBrought(LinkId link, int place, Message message)
    {
        if (message is Message.Relayed relayed)
        {
            message = relayed.Inner;
        }

        if (message is Message.Reporting reporting)
        {
            ReportBrought?.Invoke(link, WordOf(wires[place]), reporting.Report.Id);
        }
    }

    private sealed class WireSink(WireChoice choice, int place) : ITransportSink
    {
        public void Opened(LinkId link) => choice.RoadOf(link).Opened(place, choice.Sink, choice.clock());

        public void Closed(LinkId link, LinkLoss loss) =>
            choice.RoadOf(link).Closed(place, loss, choice.Sink, choice.clock());

        public void ClosedByPeer(LinkId link) => choice.RoadOf(link).ClosedByPeer(choice.clock());

        public ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop) =>
            choice.RoadOf(link).ArrivedAsync(place, frame, choice.Sink, stop);

        public void Dropped(LinkId link, string reason) => choice.RoadOf(link).Dropped(reason, choice.Sink);
    }
}
