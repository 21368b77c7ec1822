namespace ClusterRas.Fabric.Drafts;

/// <summary>What one node's sysSentry was told about its peers.</summary>
public sealed class DraftPeers
{
    /// <summary>True: an own CNA was said and is none, which has its own problem.</summary>
    public bool HasBadCna { get; set; }

    /// <summary>True: a command was refused, so that what is missing may have been in it.</summary>
    public bool HasBadCommand { get; set; }

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
public sealed record DraftList<T>(Place At, List<Said<T>> Items)
{
    /// <summary>True: it had entries that are none; they are not in it, and have their own problems.</summary>
    public bool HasBadItems { get; init; }
}
