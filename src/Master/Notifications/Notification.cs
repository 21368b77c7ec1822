using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>What people are told: one moment of one incident, for one channel.</summary>
public sealed record Notification
{
    /// <summary>The channel's name.</summary>
    public required string Channel { get; init; }

    /// <summary>Which turn of the incident.</summary>
    public required NoticeMoment Moment { get; init; }

    /// <summary>1 for the first try; 2 and more may be repeats of what the receiver has: it knows them by <see cref="Key"/>.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The cluster's own id: names repeat, it does not.</summary>
    public required ClusterId ClusterId { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The incident.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>The victim's name.</summary>
    public required string Node { get; init; }

    /// <summary>What is claimed.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>Somebody only tried whether words arrive.</summary>
    public bool IsDrill { get; init; }

    /// <summary>The victim is silent on the cluster's own links.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Who reported it, by name; empty: the master found it.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];

    /// <summary>What the victim said of itself; empty: nothing.</summary>
    public string Words { get; init; } = "";

    /// <summary>When it was claimed, by the sender's wall clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why it is over; null: it is not.</summary>
    public CloseReason? Ended { get; init; }

    /// <summary>The master of now, by name.</summary>
    public required string Master { get; init; }

    /// <summary>The same for each attempt, and for nothing else in the world.</summary>
    public string Key =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ClusterId.Value:x32}/{Incident.Index.Value}/{MomentWord}/{Channel}"
        );

    /// <summary><c>opened</c> or <c>closed</c>.</summary>
    public string MomentWord => Moment == NoticeMoment.Opened ? "opened" : "closed";

    /// <summary>The kind as operators write it.</summary>
    public string KindWord =>
        Kind switch
        {
            EventKind.Silent => "silent",
            EventKind.PowerOff => "poweroff",
            EventKind.KernelReboot => "reboot",
            EventKind.Panic => "panic",
            EventKind.OutOfMemory => "oom",
            EventKind.MemoryFault => "memory",
            EventKind.LinkChange => "link",
            _ => Kind.ToString(),
        };

    /// <summary>How grave: <c>critical</c> where a node is lost, <c>warning</c> where it may be, <c>info</c> else.</summary>
    public string Severity =>
        Kind switch
        {
            EventKind.Panic or EventKind.Silent => "critical",
            EventKind.LinkChange => "info",
            _ => "warning",
        };

    /// <summary>One line for a person.</summary>
    public string Summary =>
        (IsDrill ? "[drill] " : "")
        + (
            Moment == NoticeMoment.Closed
                ? $"{Node} of {Cluster}: over, {EndWords} (incident {Incident})"
                : $"{Node} of {Cluster}: {KindWords} (incident {Incident})"
        );

    private string KindWords =>
        Kind switch
        {
            EventKind.Silent => "fell silent without a word",
            EventKind.PowerOff => "is being powered off",
            EventKind.KernelReboot => "kernel reboot",
            EventKind.Panic => "kernel panic",
            EventKind.OutOfMemory => "out of memory",
            EventKind.MemoryFault => "memory fault",
            EventKind.LinkChange => "an interconnect port has changed",
            _ => Kind.ToString(),
        };

    private string EndWords =>
        Ended switch
        {
            CloseReason.Rebooted => "it is back in a new life",
            CloseReason.HeardAgain => "it is heard again in the same life",
            CloseReason.Cancelled => "it took its word back",
            CloseReason.Contradicted => "it lives on long after its window",
            CloseReason.Operator => "an operator has closed it",
            CloseReason.Noted => "it ended nothing",
            _ => "closed",
        };
}
