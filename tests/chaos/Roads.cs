namespace ClusterRas.Chaos;

/// <summary>Which ways between nodes the switch lets through: what the verdicts go by, not what the nodes believe.</summary>
internal sealed class Roads
{
    /// <summary>Nodes are 1 to this.</summary>
    public static int Nodes => Fleet.NodeCount;

    private readonly HashSet<(int From, int To, int Die)> closed = [];

    /// <summary>Every way is open.</summary>
    public bool IsWhole => closed.Count == 0;

    /// <summary>Opens or closes one direction.</summary>
    public void Set(int from, int to, int die, bool isOpen) =>
        _ = isOpen ? closed.Remove((from, to, die)) : closed.Add((from, to, die));

    /// <summary>Opens or closes all ways of a node on a die.</summary>
    public void SetRail(int number, int die, bool isOpen)
    {
        for (var other = 1; other <= Nodes; other++)
        {
            Set(number, other, die, isOpen);
            Set(other, number, die, isOpen);
        }
    }

    /// <summary>Opens all.</summary>
    public void MendAll() => closed.Clear();

    /// <summary>The nodes among these that reach this one and are reached, through each other if need be.</summary>
    public IReadOnlySet<int> ReachableFrom(int start, IReadOnlyCollection<int> live)
    {
        var found = new HashSet<int> { start };
        var rest = new Queue<int>([start]);
        while (rest.TryDequeue(out var from))
        {
            foreach (var to in live.Where(to => !found.Contains(to) && IsOpen(from, to)).ToList())
            {
                found.Add(to);
                rest.Enqueue(to);
            }
        }

        return found;
    }

    // A connection needs both directions of one die.
    private bool IsOpen(int from, int to) =>
        Enumerable
            .Range(0, BedMap.DieCount)
            .Any(die => !closed.Contains((from, to, die)) && !closed.Contains((to, from, die)));
}
