namespace ClusterRas.Node;

/// <summary>The log lines of what operators do, as the ledger has it.</summary>
internal static partial class ActLines
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "operator.transfer",
        Message = "{By} has {To} made master: {Why} (entry {Index})"
    )]
    public static partial void TransferAsked(this ILogger log, string by, string to, string why, long index);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "operator.drain",
        Message = "{By} has {Node} {What}: {Why} (entry {Index})"
    )]
    public static partial void DrainAsked(
        this ILogger log,
        string by,
        string node,
        string what,
        string why,
        long index
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "operator.recover",
        Message = "Recovery {Epoch}, by {By}: {Survivor} goes on alone, the seats of {Lost} are lost: {Why} (entry {Index})"
    )]
    public static partial void Recovered(
        this ILogger log,
        long epoch,
        string by,
        string survivor,
        string lost,
        string why,
        long index
    );
}
