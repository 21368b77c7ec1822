namespace ClusterRas.AckBench;

/// <summary>One load by one door at one witness, as it went.</summary>
/// <param name="CpuMs">Processor time of all nodes meanwhile.</param>
internal sealed record Outcome(string Door, string Witness, Load Load, IReadOnlyList<Sample> Samples, long CpuMs)
{
    /// <summary>All events of the load were said.</summary>
    public bool IsWhole => Samples.Count == Load.Rounds * Load.AtOnce;

    /// <summary>Processor time of all nodes for one event, with what they use when idle.</summary>
    public double CpuMsEach => (double)CpuMs / Samples.Count;

    /// <summary>From raise to release.</summary>
    public Quantiles Lasted => Quantiles.Of(Samples.Select(sample => sample.Lasted));
}
