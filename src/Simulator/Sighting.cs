using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Kernel;

namespace ClusterRas.Simulator;

/// <summary>What can be seen of a cluster from outside: inputs, effects, disks and kernels. Never a machine's inside.</summary>
/// <param name="At">Since the world began; every node's clock differs from it.</param>
internal abstract record Sighting(TimeSpan At, NodeId Node)
{
    /// <summary>Of a heartbeat or a bare acknowledgement: nearly all that is seen, and of interest to few.</summary>
    public virtual bool IsOfBeat => false;

    /// <summary>A fault begins; the node is known by now.</summary>
    internal sealed record FaultBegan(TimeSpan At, NodeId Node, Fault Fault) : Sighting(At, Node);

    /// <summary>A machine is on, in a new life.</summary>
    internal sealed record Booted(TimeSpan At, NodeId Node, Life Life) : Sighting(At, Node);

    /// <summary>A machine is off.</summary>
    internal sealed record Off(TimeSpan At, NodeId Node, string Why) : Sighting(At, Node);

    /// <summary>An agent starts on what its disk gave back.</summary>
    /// <param name="HasForeignMap">Its topology is not the others'.</param>
    internal sealed record Started(
        TimeSpan At,
        NodeId Node,
        NodeIdentity Identity,
        StoredState State,
        bool HasForeignMap = false
    ) : Sighting(At, Node);

    /// <summary>An agent is gone.</summary>
    internal sealed record Stopped(TimeSpan At, NodeId Node, string Why) : Sighting(At, Node);

    /// <summary>A machine took an input.</summary>
    internal sealed record Took(TimeSpan At, NodeId Node, Instant Now, Input Input, Instant NextWake)
        : Sighting(At, Node)
    {
        public override bool IsOfBeat => Input is Input.Arrived { Frame.Message: Message.Heartbeat or Message.LinkAck };
    }

    /// <summary>A machine asked for an effect.</summary>
    internal sealed record Decided(TimeSpan At, NodeId Node, Instant Now, Effect Effect) : Sighting(At, Node)
    {
        public override bool IsOfBeat => Effect is Effect.Send { Frame.Message: Message.Heartbeat or Message.LinkAck };
    }

    /// <summary>An effect was carried out.</summary>
    internal sealed record Done(TimeSpan At, NodeId Node, Instant Now, Effect Effect) : Sighting(At, Node)
    {
        public override bool IsOfBeat => Effect is Effect.Send { Frame.Message: Message.Heartbeat or Message.LinkAck };
    }

    /// <summary>A write is on disk.</summary>
    internal sealed record Stored(TimeSpan At, NodeId Node, DiskWrite Write) : Sighting(At, Node);

    /// <summary>A node's kernel begins to claim that something happens to it.</summary>
    internal sealed record Claimed(TimeSpan At, NodeId Node, Life Life, EventKind Kind, int WindowMs)
        : Sighting(At, Node);

    /// <summary>A copy of a device record was read at a witness.</summary>
    internal sealed record Shown(TimeSpan At, NodeId Node, Instant Now, DeviceRecord Record) : Sighting(At, Node);

    /// <summary>An ack was written to the device, or was not.</summary>
    /// <param name="Last">The last record read with this number; null: none by this process.</param>
    internal sealed record AckWritten(
        TimeSpan At,
        NodeId Node,
        Instant Now,
        ReportId Report,
        DeviceRecord? Last,
        ReleaseOutcome Outcome
    ) : Sighting(At, Node);

    /// <summary>A victim's kernel goes on because a witness's kernel told it so.</summary>
    /// <param name="Life">The victim's life.</param>
    /// <param name="Meant">Whom the witness's kernel meant: it repeats acks for 10 s, and names no life in them.</param>
    internal sealed record Freed(TimeSpan At, NodeId Node, Life Life, EventKind Kind, NodeId By, Life Meant)
        : Sighting(At, Node);

    /// <summary>A frame was damaged on its way and not let in.</summary>
    internal sealed record Refused(TimeSpan At, NodeId Node, LinkId Link, string Why) : Sighting(At, Node);

    /// <summary>The machine threw, or asked for what cannot be done.</summary>
    internal sealed record Broke(TimeSpan At, NodeId Node, string What) : Sighting(At, Node);

    /// <summary>The end: faults are long over.</summary>
    /// <param name="Running">Nodes whose agent runs.</param>
    internal sealed record Settled(TimeSpan At, NodeSet Running) : Sighting(At, default(NodeId));
}
