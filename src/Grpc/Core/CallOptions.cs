namespace Grpc.Core;

/// <summary>What a client says about one call.</summary>
public readonly struct CallOptions
{
    /// <summary>Options of a call; every part may be left out.</summary>
    /// <param name="headers">Request metadata; null: none.</param>
    /// <param name="deadline">UTC, or <see cref="DateTime.MaxValue" />; null: none.</param>
    /// <param name="cancellationToken">Cancels the call at any time until it has ended.</param>
    /// <param name="writeOptions">For the request stream; null: the default.</param>
#pragma warning disable CA1068 // grpc-dotnet's own order, which generated code relies on.
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null
    )
#pragma warning restore CA1068
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
    }

    /// <summary>Request metadata; null: none.</summary>
    public Metadata? Headers { get; private init; }

    /// <summary>When the call ends with DEADLINE_EXCEEDED at the latest, UTC; null: never.</summary>
    public DateTime? Deadline { get; private init; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; private init; }

    /// <summary>For the request stream; null: the default.</summary>
    public WriteOptions? WriteOptions { get; private init; }

    /// <summary>The same with these headers.</summary>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The same with this deadline, UTC.</summary>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The same with this token.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with
        {
            CancellationToken = cancellationToken,
        };

    /// <summary>The same with these write options.</summary>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };
}
