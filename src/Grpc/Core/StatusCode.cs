namespace Grpc.Core;

/// <summary>The status codes of gRPC; the numbers are those on the wire.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>Cancelled, as a rule by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error that says no more than that, such as an exception of the handler.</summary>
    Unknown = 2,

    /// <summary>The caller's argument is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first; the call may still have had its effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be created is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>Something ran out: a quota, or the size limit of a message.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>Aborted, as a rule by a conflict with another call.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The server does not know or support the method.</summary>
    Unimplemented = 12,

    /// <summary>Broken invariant, broken framing, broken HTTP/2.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now; trying again may help.</summary>
    Unavailable = 14,

    /// <summary>Data lost or damaged for good.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
