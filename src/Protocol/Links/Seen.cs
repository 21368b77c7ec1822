namespace ClusterRas.Protocol;

/// <summary>Remembers the newest things that came by, up to a limit.</summary>
internal sealed class Seen<T>(int max)
    where T : notnull
{
    private readonly HashSet<T> known = [];
    private readonly Queue<T> order = new();

    /// <summary>False for what has come by before.</summary>
    public bool IsNew(T item)
    {
        if (!known.Add(item))
        {
            return false;
        }

        order.Enqueue(item);
        if (order.Count > max)
        {
            known.Remove(order.Dequeue());
        }

        return true;
    }
}
