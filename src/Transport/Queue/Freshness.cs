using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>What must not leave late: a process that was stopped and woke up may be master no more.</summary>
public static class Freshness
{
    /// <summary>When it was decided; null: it says nothing that grows stale.</summary>
    public static Instant? DecidedAt(Message message) =>
        message switch
        {
            Message.Answering answering => answering.DecidedAt,
            Message.HandlerStart start => start.DecidedAt,
            Message.Relayed relayed => DecidedAt(relayed.Inner),
            _ => null,
        };
}
