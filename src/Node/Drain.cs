using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Has a node give up its seat before somebody stops it, or keep it after all, and waits until that is so.</summary>
internal sealed class Drain(StatusFeed feed, WishDesk wishes, Action<Input> post, Func<NodeId, string> nameOf)
{
    /// <summary>Asks the master, whoever that is.</summary>
    /// <param name="isOff">The node is not to be stopped after all.</param>
    /// <param name="within">For all of it. What is committed by then stays so.</param>
    /// <returns>Why it was refused or is not done yet, empty if it is; and how things stand here afterwards.</returns>
    public async Task<(string Refusal, NodeStatus After)> AskAsync(
        NodeId node,
        bool isOff,
        Warrant warrant,
        TimeSpan within,
        CancellationToken stop
    )
    {
        var before = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        if (!before.Book.Lives.TryGetValue(node, out var lives))
        {
            return ($"{nameOf(node)} has never joined this cluster, so it has no seat to give up", before);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(within);
        string? refusal = null;
        try
        {
            var wish = new EntryPayload.StopPlanned(node, lives.Current, isOff, warrant);
            refusal = await wishes.AskAsync(wish, post, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Told below, by what is known then.
        }

        var after = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        return (refusal ?? WhyNotYet(after, node, isOff), after);
    }

    private string WhyNotYet(NodeStatus now, NodeId node, bool isOff) =>
        now.Master is not { } master ? "no master is known, so nobody can move a seat"
        : now.Book.Group.IsStopping(node) == isOff ? "the master has not taken the wish; nothing has changed"
        : $"{nameOf(node)} has its seat still and gives it up as soon as the group can spare it; why it cannot now"
            + $" is in the log of {nameOf(master)}, as group.waits";
}
