namespace ClusterRas.Sentry;

/// <summary>What a message of sysSentry's drivers is about, in the device record and between nodes.</summary>
/// <remarks>
/// Source: smh_common_type.h, the drivers' uapi header. 0, 1, 4 and 9 go from kernel to user only,
/// 5 to 8 from node to node only, 2 and 3 both ways.
/// </remarks>
public enum MessageType
{
    /// <summary>The BMC asks this node to power off. Source: ACPI power notifier, sentry_reporter.</summary>
    PowerOff = 0,

    /// <summary>Memory is short on this node. Source: reclaim notifier, sentry_reporter.</summary>
    OutOfMemory = 1,

    /// <summary>A node's kernel panics. Source: panic notifier there, sentry_remote_reporter.</summary>
    Panic = 2,

    /// <summary>A node's kernel restarts, halts or powers off. Source: reboot notifier there.</summary>
    KernelReboot = 3,

    /// <summary>A fault of UB memory on this node. Source: RAS callback, sentry_reporter.</summary>
    MemoryFault = 4,

    /// <summary>Answer to <see cref="Panic"/>, between nodes.</summary>
    PanicAck = 5,

    /// <summary>Answer to <see cref="KernelReboot"/>, between nodes.</summary>
    KernelRebootAck = 6,

    /// <summary>Heartbeat, between nodes.</summary>
    Heartbeat = 7,

    /// <summary>Answer to <see cref="Heartbeat"/>, between nodes.</summary>
    HeartbeatAck = 8,

    /// <summary>A UB port of this node went up or down. Since 2026-05-16; 9 meant "unknown" before.</summary>
    LinkChange = 9,

    /// <summary>The drivers' "none of these".</summary>
    Unknown = 10,
}
