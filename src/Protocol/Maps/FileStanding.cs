namespace ClusterRas.Protocol;

/// <summary>What the file that a node was started with is to the maps in its ledger (protocol.md 15).</summary>
public enum FileStanding
{
    /// <summary>The ledger has no map, or this very one: the node runs with it.</summary>
    InForce,

    /// <summary>An earlier map of this cluster: the node runs with the newer one of its ledger.</summary>
    Outdated,

    /// <summary>The ledger does not know it: the node runs with its ledger's, and may learn that the file is a newer one.</summary>
    Unknown,

    /// <summary>The ledger's map has this node not: it runs with the file, and is let in only where it was added again.</summary>
    Removed,

    /// <summary>The ledger's map has this node not, but it has still a seat: it runs with its ledger's until that is taken.</summary>
    Leaving,
}
