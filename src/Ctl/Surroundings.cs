namespace ClusterRas.Ctl;

/// <summary>What a command sees of the process that it runs in.</summary>
/// <param name="Out">Answers, and nothing else.</param>
/// <param name="Error">Everything that is not the answer.</param>
/// <param name="HasColour">Out is a terminal that shows colours.</param>
/// <param name="WidthColumns">Of the terminal; used only with colour.</param>
/// <param name="HostName">This host, with or without its domain.</param>
/// <param name="TopologyVariable">$CLUSTERRAS_TOPOLOGY; null: not set.</param>
/// <param name="Clock">The time of day that lines of a watch begin with.</param>
internal sealed record Surroundings(
    TextWriter Out,
    TextWriter Error,
    bool HasColour,
    int WidthColumns,
    string HostName,
    string? TopologyVariable,
    TimeProvider Clock
)
{
    /// <summary>Of the terminal; 0: not known. Used only where a whole screen is drawn.</summary>
    public int HeightRows { get; init; }

    /// <summary>One note beside the answer.</summary>
    public void Note(string text) => Error.WriteLine($"rasctl: {text}");
}
