using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Where a record came from, so that its ack goes back there and nowhere else (D1).</summary>
/// <param name="Source">Number of the source in this process.</param>
/// <param name="Epoch">Counts openings of the device; an ack of an older epoch is dropped.</param>
/// <param name="KeepsCopies">A kernel stands behind it: it shows a record again until it is acked, and once after.</param>
public readonly record struct DeviceRef(int Source, int Epoch, bool KeepsCopies = true);

/// <summary>Why a connection ended.</summary>
public enum LinkLoss
{
    /// <summary>The stream ended or broke.</summary>
    Closed,

    /// <summary>A live host refused the connection: the agent is down, the machine is not.</summary>
    Refused,

    /// <summary>No answer to the attempt.</summary>
    Unreachable,
}

/// <summary>What enters the core. The loop stamps each with the instant it is given to <c>Step</c>.</summary>
public abstract record Input
{
    private Input() { }

    /// <summary>The instant asked for by <c>NextWake</c> has come.</summary>
    public sealed record Woke : Input;

    /// <summary>A frame of a peer.</summary>
    public sealed record Arrived(LinkId Link, Frame Frame) : Input;

    /// <summary>A connection to the peer is up on this link, whoever dialled it.</summary>
    public sealed record LinkOpened(LinkId Link) : Input;

    /// <summary>No connection is left on this link, or an attempt failed.</summary>
    public sealed record LinkClosed(LinkId Link, LinkLoss Loss) : Input;

    /// <summary>A source caught a word here.</summary>
    /// <param name="Device">Null: said by a caller, who is told by <see cref="Effect.Release"/> all the same.</param>
    public sealed record Raised(Report Report, DeviceRef? Device) : Input;

    /// <summary>The device was opened again: acks for records of older epochs are dropped (D1).</summary>
    public sealed record DeviceReopened(DeviceRef Device) : Input;

    /// <summary>What became of an <see cref="Effect.Release"/>.</summary>
    public sealed record Released(ReportId Report, ReleaseOutcome Outcome) : Input;

    /// <summary>This write and all before it are on disk.</summary>
    public sealed record Persisted(Ticket Ticket) : Input;

    /// <summary>The disk does not take writes now; the same writes are tried again by the runner.</summary>
    public sealed record StorageStalled(string Reason) : Input;

    /// <summary>The handlers connected to this node now.</summary>
    public sealed record HandlersPresent(EquatableArray<string> Names) : Input;

    /// <summary>A handler that was started here has answered.</summary>
    public sealed record HandlerAnswered(IncidentId Incident, HandlerResult Result) : Input;

    /// <summary>An operator or program wishes an entry; answered by <see cref="Effect.Granted"/>.</summary>
    public sealed record Asked(ulong Nonce, EntryPayload Wish) : Input;

    /// <summary>An operator has this node recover a cluster whose majority is lost; answered by <see cref="Effect.Granted"/>.</summary>
    public sealed record RecoveryOrdered(ulong Nonce, RecoveryOrder Order) : Input;

    /// <summary>Nobody waits for this wish any more: it is not asked for again.</summary>
    public sealed record Withdrawn(ulong Nonce) : Input;

    /// <summary>The runner found the effect too old to carry out (a stopped process that woke up).</summary>
    public sealed record Returned(Effect Effect) : Input;
}
