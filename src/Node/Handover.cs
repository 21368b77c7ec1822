using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Has another node made master, and waits until one is.</summary>
internal sealed class Handover(StatusFeed feed, WishDesk wishes, Action<Input> post)
{
    /// <summary>Asks the master, whoever that is.</summary>
    /// <param name="to">Who is to be master; null: whoever can.</param>
    /// <param name="within">For all of it; then the wish is taken back.</param>
    /// <returns>Why it was refused, empty if it was not; and how things stand here afterwards.</returns>
    public async Task<(string Refusal, NodeStatus After)> MoveAsync(
        NodeId? to,
        Warrant warrant,
        TimeSpan within,
        CancellationToken stop
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(within);
        var wish = new EntryPayload.HandoverAsked(to, warrant);
        string? refusal = null;
        try
        {
            refusal = await wishes.AskAsync(wish, post, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Told below, by what is known then.
        }

        var after = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        refusal ??= after.Master is null
            ? "no master is known, so nobody can hand over"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the master has not handed over within {within.TotalMilliseconds} ms"
            );
        return (refusal, after);
    }
}
