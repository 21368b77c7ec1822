namespace Grpc.Core;

/// <summary>
/// A call that did not end with OK. Clients catch it; a handler throws it to end its call with that status and trailers.
/// </summary>
public class RpcException : Exception
{
    /// <summary>A failure with a status.</summary>
    public RpcException(Status status)
        : this(status, [], status.ToString()) { }

    /// <summary>A failure with a status and a message of its own.</summary>
    public RpcException(Status status, string message)
        : this(status, [], message) { }

    /// <summary>A failure with a status and trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString()) { }

    /// <summary>A failure with a status, trailers and a message of its own.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status" />.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The trailers; empty where there were none.</summary>
    public Metadata Trailers { get; }
}
