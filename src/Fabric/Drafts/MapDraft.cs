namespace ClusterRas.Fabric.Drafts;

/// <summary>What a source says about a cluster, with all places, before any of it is believed.</summary>
/// <remarks>
/// Topology files and sysSentry's own settings both become one, so that one set of rules judges them. A value that has
/// not the form that it needs is not in it: its reader has made a problem of it.
/// </remarks>
/// <param name="at">What stands for the whole: where missing things belong.</param>
public sealed class MapDraft(Place at)
{
    /// <summary>What stands for the whole.</summary>
    public Place At { get; } = at;

    /// <summary>A DNS label.</summary>
    public string? Cluster { get; set; }

    /// <summary>Where the list of nodes begins.</summary>
    public Place NodesAt { get; set; } = at;

    /// <summary>How many nodes the list has, also such as are nothing.</summary>
    public int NodeCount { get; set; }

    /// <summary>The nodes, as they stand.</summary>
    public List<DraftNode> Nodes { get; } = [];

    /// <summary>The first voters; null: not said.</summary>
    public DraftControl? Control { get; set; }

    /// <summary>Of all nodes.</summary>
    public Said<int>? Jetty { get; set; }

    /// <summary>Of all nodes.</summary>
    public DraftTimeouts Timeouts { get; } = new();

    /// <summary>Rhythms and limits, any number each.</summary>
    public Dictionary<ClusterOption, Said<int>> Tuning { get; } = [];

    /// <summary>Pairs that are not to be linked.</summary>
    public List<DraftGap> Gaps { get; } = [];
}

/// <summary>The first voters, as they were named.</summary>
/// <param name="At">Where the list begins.</param>
/// <param name="Count">How many it has, also such as are no names.</param>
/// <param name="Members">The names.</param>
public sealed record DraftControl(Place At, int Count, List<Said<string>> Members);

/// <summary>How long dying kernels wait, as it was said.</summary>
public sealed class DraftTimeouts
{
    /// <summary>In ms, any number.</summary>
    public Said<int>? PanicMs { get; set; }

    /// <summary>In ms, any number.</summary>
    public Said<int>? KernelRebootMs { get; set; }

    internal BlockingTimeouts Known => new(PanicMs?.Value, KernelRebootMs?.Value);
}

/// <summary>A pair that is not to be linked, as it was said.</summary>
/// <param name="At">Where.</param>
/// <param name="Die">Of which rail, any number.</param>
/// <param name="Names">Of how many nodes ever; two are right.</param>
public sealed record DraftGap(Place At, Said<int> Die, List<Said<string>> Names);
