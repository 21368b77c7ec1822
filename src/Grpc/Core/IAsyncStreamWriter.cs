namespace Grpc.Core;

/// <summary>A stream of messages to the peer; one write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>For the writes that follow; null: the default, which is to flush each message.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; done when it was handed to the connection, not when the peer has it.</summary>
    /// <exception cref="RpcException">The call has failed.</exception>
    /// <exception cref="InvalidOperationException">The call is complete, or another write is still going on.</exception>
    Task WriteAsync(T message);

    /// <summary>Writes a message; the token cancels the whole call.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException("This stream writer cannot cancel a write.")
            : WriteAsync(message);
}

/// <summary>Responses of a server.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;

/// <summary>Requests of a client.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more will come.</summary>
    Task CompleteAsync();
}
