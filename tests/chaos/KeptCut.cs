namespace ClusterRas.Chaos;

/// <summary>A cut that was left in force though it was told as mended, to see that the verdict on L2 would notice.</summary>
internal sealed record KeptCut(int From, int To, int Die)
{
    /// <summary>How the user asks for it.</summary>
    public const string Kind = "keep-cut";

    /// <summary>The verdicts name this promise, these nodes and this rail, for both directions.</summary>
    public bool IsReportedBy(IReadOnlyCollection<Finding> findings) =>
        IsReportedBy(findings, From, To) && IsReportedBy(findings, To, From);

    /// <inheritdoc />
    public override string ToString() =>
        $"the cut between {BedMap.NameOf(From)} and {BedMap.NameOf(To)} on die{Die} stays when the others are mended";

    private bool IsReportedBy(IReadOnlyCollection<Finding> findings, int from, int to) =>
        findings.Any(f =>
            f.Promise == "L2"
            && f.Text.Contains(
                $"{BedMap.NameOf(to)} had no heartbeat of {BedMap.NameOf(from)} on die{Die} ",
                StringComparison.Ordinal
            )
        );
}
