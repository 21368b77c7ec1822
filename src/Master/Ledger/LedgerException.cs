namespace ClusterRas.Master;

/// <summary>A ledger cannot be opened or used. The message is for the operator.</summary>
public sealed class LedgerException : Exception
{
    /// <summary>Without a reason.</summary>
    public LedgerException() { }

    /// <summary>With the reason.</summary>
    public LedgerException(string message)
        : base(message) { }

    /// <summary>With the reason and what caused it.</summary>
    public LedgerException(string message, Exception inner)
        : base(message, inner) { }
}
