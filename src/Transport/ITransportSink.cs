using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Where a transport hands up what happens. Called from its own threads, for many links at once.</summary>
/// <remarks>
/// Per link: opened, arrived ..., closed, in this order. Frames come one at a time, but bulk may arrive beside others,
/// and after a relink so may the rest of the old connection. Nothing is called after disposal has ended.
/// </remarks>
public interface ITransportSink
{
    /// <summary>The link has a connection, whoever dialled it. Nobody has been let in yet.</summary>
    void Opened(LinkId link);

    /// <summary>No connection is left; or there was none, and dialling fails otherwise than the last time.</summary>
    void Closed(LinkId link, LinkLoss loss);

    /// <summary>The peer has closed the link on purpose: no wire broke, and no process ended. <see cref="Closed"/> follows.</summary>
    void ClosedByPeer(LinkId link) { }

    /// <summary>A frame has come. While this waits nothing more is read, so the sender's queue fills.</summary>
    ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop);

    /// <summary>A frame was taken and then dropped: too large when encoded, or not readable when it came.</summary>
    void Dropped(LinkId link, string reason);
}
