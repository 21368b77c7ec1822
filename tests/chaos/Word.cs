namespace ClusterRas.Chaos;

/// <summary>What one kernel was told of one death, and what came of it.</summary>
/// <param name="ReachesMajority">By the state of the switch when it was told, a majority of the voters could be reached.</param>
internal sealed record Word(
    LifeName Victim,
    Machine Witness,
    bool ReachesMajority,
    long RaisedAt,
    Task<KernelAck?> Acking
)
{
    /// <summary>The ack; null: none yet, or none within the window.</summary>
    public KernelAck? Ack => Acking.IsCompletedSuccessfully ? Acking.Result : null;
}
