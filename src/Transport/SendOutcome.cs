namespace ClusterRas.Transport;

/// <summary>What became of one send. Losing a frame is ordinary; it is a value, not an exception.</summary>
public enum SendOutcome
{
    /// <summary>Taken. It may still be lost.</summary>
    Queued,

    /// <summary>The link has no connection.</summary>
    LinkDown,

    /// <summary>The queue is full of what is not worth less.</summary>
    Full,
}
