namespace ClusterRas.Console.Stream;

/// <summary>One part of the picture in its newest form.</summary>
/// <param name="Sequence">Grows with every change of any part.</param>
/// <param name="Name">The event's name on the stream.</param>
/// <param name="Key">Which of several of this name; 0: there is only one.</param>
/// <param name="Json">Its value, UTF-8.</param>
public sealed record Part(long Sequence, string Name, long Key, ReadOnlyMemory<byte> Json);

/// <summary>The newest form of every part of the picture. Whoever has seen all up to a number is given all later ones.</summary>
/// <remarks>There is no queue per reader, so a slow one costs nothing and loses nothing but forms that are not true any more:
/// what it gets next is each part as it is by then. Its size is that of one picture.</remarks>
public sealed class LatestValues
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, long Key), Part> parts = [];
    private readonly SortedDictionary<long, Part> order = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long sequence;

    /// <summary>Number of the last change.</summary>
    public long Sequence
    {
        get
        {
            lock (gate)
            {
                return sequence;
            }
        }
    }

    /// <summary>Done at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    /// <summary>Takes a form in; nothing happens if it is the one that is there.</summary>
    public void Put(string name, long key, byte[] json)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            if (parts.TryGetValue((name, key), out var known))
            {
                if (known.Json.Span.SequenceEqual(json))
                {
                    return;
                }

                order.Remove(known.Sequence);
            }

            var part = new Part(++sequence, name, key, json);
            parts[(name, key)] = part;
            order.Add(part.Sequence, part);
            waiting = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.TrySetResult();
    }

    /// <summary>Forgets parts that are told no more; a page drops them by its own count.</summary>
    public void Drop(string name, Func<long, bool> isDropped)
    {
        lock (gate)
        {
            foreach (var (key, part) in parts.Where(part => part.Key.Name == name && isDropped(part.Key.Key)).ToList())
            {
                parts.Remove(key);
                order.Remove(part.Sequence);
            }
        }
    }

    /// <summary>Every part that has changed after this number, in the order of the changes.</summary>
    public IReadOnlyList<Part> After(long seen)
    {
        lock (gate)
        {
            if (seen >= sequence)
            {
                return [];
            }

            if (seen <= 0)
            {
                return [.. order.Values];
            }

            return [.. order.Values.Where(part => part.Sequence > seen)];
        }
    }
}
