using System.Diagnostics.CodeAnalysis;

namespace ClusterRas.Node.Telemetry;

/// <summary>The newest so many of something; the oldest goes when another comes.</summary>
internal sealed class Recent<TKey, TValue>(int countMax)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> values = [];
    private readonly Queue<TKey> order = new();

    /// <summary>Remembers it, unless it is there already.</summary>
    public void Add(TKey key, TValue value)
    {
        if (!values.TryAdd(key, value))
        {
            return;
        }

        order.Enqueue(key);
        if (order.Count > countMax)
        {
            values.Remove(order.Dequeue());
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => values.TryGetValue(key, out value);

    /// <summary>And forgets it.</summary>
    public bool TryTake(TKey key, [MaybeNullWhen(false)] out TValue value) => values.Remove(key, out value);
}
