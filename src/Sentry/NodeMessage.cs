using ClusterRas.Fabric;

namespace ClusterRas.Sentry;

/// <summary>What one kernel says to another over URMA or UVB: an event, its ack, or a heartbeat.</summary>
/// <param name="Type">The kind; values of the wire.</param>
/// <param name="Cna">Of the node that the event is about.</param>
/// <param name="TimeoutMs">How long its kernel waits, in ms.</param>
/// <param name="RandomId">Drawn once for each load of the module, so the same for every event of a boot.</param>
/// <param name="Result">Of an ack: the low 32 bits of the result.</param>
/// <param name="Eid">Of the DIE that the event was sent from; an ack says it again.</param>
public readonly record struct NodeMessage(
    NodeMessageType Type,
    uint Cna,
    uint TimeoutMs,
    uint RandomId,
    uint Result,
    Eid Eid
)
{
    /// <summary>What a heartbeat is answered with.</summary>
    public static NodeMessage HeartbeatAck => new(NodeMessageType.HeartbeatAck, 0, 0, 0, 0, Eid.None);

    /// <summary>The ack that the sender of this event waits for: its own address, said again.</summary>
    /// <returns>Null: this is no event.</returns>
    public NodeMessage? AckWith(uint result) =>
        Type switch
        {
            NodeMessageType.Panic => new(NodeMessageType.PanicAck, Cna, 0, 0, result, Eid),
            NodeMessageType.KernelReboot => new(NodeMessageType.KernelRebootAck, Cna, 0, 0, result, Eid),
            _ => null,
        };
}

/// <summary>Kinds of <see cref="NodeMessage"/>; values of the wire.</summary>
public enum NodeMessageType
{
    /// <summary>A kernel panics and waits.</summary>
    Panic = 2,

    /// <summary>A kernel reboots and waits.</summary>
    KernelReboot = 3,

    /// <summary>The answer to <see cref="Panic"/>.</summary>
    PanicAck = 5,

    /// <summary>The answer to <see cref="KernelReboot"/>.</summary>
    KernelRebootAck = 6,

    /// <summary>Asks whether the road works.</summary>
    Heartbeat = 7,

    /// <summary>The answer to <see cref="Heartbeat"/>.</summary>
    HeartbeatAck = 8,
}
