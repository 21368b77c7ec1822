namespace ClusterRas.Fabric.Drafts;

/// <summary>What one node's sysSentry was told about its peers.</summary>
public sealed class DraftPeers
{
    /// <summary>The jetty; null: not said.</summary>
    public Said<int>? Jetty { get; set; }

    /// <summary>Of each DIE in order: the own eid, then the peers'. Null: not said.</summary>
    public List<DraftList<Eid>>? Eids { get; set; }

    /// <summary>CNAs of peers. Null: not said.</summary>
    public DraftList<Cna>? Cnas { get; set; }
}

/// <summary>One list of addresses.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Items">As they stand.</param>
public sealed record DraftList<T>(Place At, List<Said<T>> Items);
