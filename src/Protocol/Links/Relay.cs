using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Numbers relayed messages and remembers the ones that came by.</summary>
/// <param name="firstSequence">Random: a restarted process must not repeat numbers that peers have seen.</param>
internal sealed class Relay(NodeId self, ulong firstSequence)
{
    private const int SeenMax = 1024;

    private readonly HashSet<(NodeId Origin, ulong Sequence)> seen = [];
    private readonly Queue<(NodeId Origin, ulong Sequence)> order = new();
    private ulong sequence = firstSequence;

    public ulong NextSequence() => ++sequence;

    /// <summary>False for what has come by before, or is our own.</summary>
    public bool IsNew(NodeId origin, ulong number)
    {
        if (origin == self || !seen.Add((origin, number)))
        {
            return false;
        }

        order.Enqueue((origin, number));
        if (order.Count > SeenMax)
        {
            seen.Remove(order.Dequeue());
        }

        return true;
    }
}
