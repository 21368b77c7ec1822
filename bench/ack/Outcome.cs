namespace ClusterRas.AckBench;

/// <summary>One load by one door at one witness, as it went.</summary>
internal sealed record Outcome(string Door, string Witness, Load Load, IReadOnlyList<Sample> Samples)
{
    /// <summary>All events of the load were said.</summary>
    public bool IsWhole => Samples.Count == Load.Rounds * Load.AtOnce;

    /// <summary>From raise to release.</summary>
    public Quantiles Lasted => Quantiles.Of(Samples.Select(sample => sample.Lasted));
}
