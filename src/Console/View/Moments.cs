using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>What this process remembers beside the ledger, which carries no clock: when it saw entries committed and terms begin.</summary>
/// <remarks>Told by the loop, read by the feed. Bounded: the oldest go first.</remarks>
public sealed class Moments(TimeProvider clock)
{
    /// <summary>Entries whose moment is kept.</summary>
    public const int EntriesMax = 16_384;

    /// <summary>Terms that are kept.</summary>
    public const int TermsMax = 200;

    private readonly Lock gate = new();
    private readonly Dictionary<long, long> entries = [];
    private readonly Queue<long> order = [];
    private readonly LinkedList<(long Term, long UnixMs, Fabric.NodeId? Master)> terms = [];

    /// <summary>When this process began to remember.</summary>
    public long SinceUnixMs { get; } = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The terms, oldest first.</summary>
    public IReadOnlyList<(long Term, long UnixMs, Fabric.NodeId? Master)> Terms
    {
        get
        {
            lock (gate)
            {
                return [.. terms];
            }
        }
    }

    /// <summary>Takes in what the core tells; called by the loop, so it does next to nothing.</summary>
    public void Note(Fact fact)
    {
        switch (fact)
        {
            case Fact.EntryCommitted committed:
                NoteEntry(committed.Entry.Index.Value);
                break;
            case Fact.MasterChanged changed:
                NoteTerm(changed.Term.Value, changed.Master);
                break;
            default:
                break;
        }
    }

    /// <summary>When this process saw the entry committed; null: before its start, or too long ago.</summary>
    public long? Of(LogIndex index)
    {
        lock (gate)
        {
            return entries.TryGetValue(index.Value, out var at) ? at : null;
        }
    }

    private void NoteEntry(long index)
    {
        lock (gate)
        {
            if (!entries.TryAdd(index, clock.GetUtcNow().ToUnixTimeMilliseconds()))
            {
                return;
            }

            order.Enqueue(index);
            if (order.Count > EntriesMax)
            {
                entries.Remove(order.Dequeue());
            }
        }
    }

    private void NoteTerm(long term, Fabric.NodeId? master)
    {
        lock (gate)
        {
            if (terms.Last is { Value: var last } && last.Term == term && last.Master is null && master is not null)
            {
                // One line a term: first nobody is known in it, then somebody.
                terms.RemoveLast();
                terms.AddLast((term, last.UnixMs, master));
                return;
            }

            if (master is null && terms.Last is { Value: var same } && same.Term == term)
            {
                return;
            }

            terms.AddLast((term, clock.GetUtcNow().ToUnixTimeMilliseconds(), master));
            if (terms.Count > TermsMax)
            {
                terms.RemoveFirst();
            }
        }
    }
}
