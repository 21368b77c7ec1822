using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Node;

/// <summary>What a transport hands up goes into the loop.</summary>
internal sealed class LoopSink(NodeLoop loop, PeerClocks clocks, ILogger log) : ITransportSink
{
    /// <inheritdoc />
    public void Opened(LinkId link) => loop.Post(new Input.LinkOpened(link));

    /// <inheritdoc />
    public void Closed(LinkId link, LinkLoss loss) => loop.Post(new Input.LinkClosed(link, loss));

    /// <inheritdoc />
    public ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop)
    {
        clocks.Note(link.Peer, frame);
        loop.Post(new Input.Arrived(link, frame));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public void Dropped(LinkId link, string reason) => log.FrameDropped(link, reason);
}
