namespace ClusterRas.AckBench;

/// <summary>One event: said and answered, on CLOCK_MONOTONIC in ns.</summary>
/// <param name="Key">Its two numbers, as they end the report's name in the logs.</param>
/// <param name="RaisedAt">Just before it was handed over.</param>
/// <param name="AckedAt">Just after the answer was read.</param>
internal sealed record Sample(string Key, long RaisedAt, long AckedAt)
{
    /// <summary>From raise to release.</summary>
    public long Lasted => AckedAt - RaisedAt;
}
