namespace ClusterRas.Simulator.Faults;

/// <summary>What an operator changes in the map of a running cluster.</summary>
internal enum MapAct
{
    /// <summary>A node listens elsewhere.</summary>
    Move,

    /// <summary>A node leaves, and is added again later.</summary>
    Remove,

    /// <summary>The control list names a node, in the place of another where it is full.</summary>
    Seat,
}
