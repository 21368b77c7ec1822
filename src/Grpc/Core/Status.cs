namespace Grpc.Core;

/// <summary>How a call ended: a code and a text for people.</summary>
public readonly struct Status : IEquatable<Status>
{
    /// <summary>A status that came over the wire or will go over it.</summary>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null) { }

    /// <summary>A status with the local exception behind it; the exception never crosses the wire.</summary>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>OK without text.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled without text.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The text, any Unicode; it crosses the wire percent-encoded.</summary>
    public string Detail { get; }

    /// <summary>The local cause; null: none, or the status came from the peer.</summary>
    public Exception? DebugException { get; }

    /// <inheritdoc />
    public bool Equals(Status other) =>
        StatusCode == other.StatusCode
        && Detail == other.Detail
        && ReferenceEquals(DebugException, other.DebugException);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Status other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(StatusCode, Detail);

    /// <summary>Same code, text and local cause.</summary>
    public static bool operator ==(Status left, Status right) => left.Equals(right);

    /// <summary>Different code, text or local cause.</summary>
    public static bool operator !=(Status left, Status right) => !left.Equals(right);

    /// <inheritdoc />
    public override string ToString() =>
        DebugException is null
            ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
            : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";
}
