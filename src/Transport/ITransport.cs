using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>One kind of wire to all peers. Which frames go where is not its business.</summary>
/// <remarks>
/// Each link (peer, die) is dialled by itself, again and again with its own back-off, and none waits for another.
/// Frames of one connection arrive in the order of sending, except that beats, link acks and bulk may overtake.
/// Durations are computed when a frame is handed to the wire, so a transport keeps frames, not bytes, in its queues
/// (<see cref="LinkQueue"/>), and encodes just before writing.
/// </remarks>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Which wire this is.</summary>
    TransportKind Kind { get; }

    /// <summary>Listens and begins to dial; done when it listens. Once only.</summary>
    /// <param name="stop">Ends everything, as disposing does, but waits for nothing.</param>
    Task StartAsync(ITransportSink sink, CancellationToken stop);

    /// <summary>Takes a frame for this link. Never waits, never throws; from any thread.</summary>
    /// <remarks>A frame on a link to this node itself comes back through the sink, as one of a peer would.</remarks>
    SendOutcome Send(LinkId link, Frame frame);

    /// <summary>
    /// Dials a second connection at once, beside the one that may be dead; the first to answer wins.
    /// While one of them is left the link is neither closed nor opened anew.
    /// </summary>
    void Relink(LinkId link);

    /// <summary>Closes the link's connections; what was queued before still goes out, for at most one second.</summary>
    /// <param name="reason">For the peer's log, where the wire can carry it.</param>
    void Close(LinkId link, string reason);
}
