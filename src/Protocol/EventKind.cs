namespace ClusterRas.Protocol;

/// <summary>What happened to a node. The values are our own; sysSentry's are mapped in the Sentry room.</summary>
public enum EventKind
{
    /// <summary>Not set; refused everywhere.</summary>
    None = 0,

    /// <summary>Nobody hears the node any more and nobody said why. Declared by the master only, never reported.</summary>
    Silent = 1,

    /// <summary>The BMC asked the node to power off; handlers may veto. Alarm 1003.</summary>
    PowerOff = 2,

    /// <summary>The kernel restarts, halts or powers off in good order. Alarm 1009.</summary>
    KernelReboot = 3,

    /// <summary>The kernel panics. Alarm 1007.</summary>
    Panic = 4,

    /// <summary>Memory is short on the node. Alarm 1005.</summary>
    OutOfMemory = 5,

    /// <summary>A UnifiedBus memory fault. Alarm 1013.</summary>
    MemoryFault = 6,

    /// <summary>A UnifiedBus port went up or down. Alarm 1016.</summary>
    LinkChange = 7,
}

/// <summary>What an <see cref="EventKind"/> means for the protocol (protocol.md 9).</summary>
public static class EventKindRules
{
    /// <summary>The claim is that the life of the victim ends: told by any witness, folded by life.</summary>
    public static bool IsFatal(this EventKind kind) =>
        kind is EventKind.Silent or EventKind.KernelReboot or EventKind.Panic;

    /// <summary>Said by the victim's own node only; each word is an event of its own.</summary>
    public static bool IsLocal(this EventKind kind) =>
        kind is EventKind.PowerOff or EventKind.OutOfMemory or EventKind.MemoryFault or EventKind.LinkChange;

    /// <summary>A kind that a source may raise.</summary>
    public static bool IsReportable(this EventKind kind) => kind is >= EventKind.PowerOff and <= EventKind.LinkChange;
}
