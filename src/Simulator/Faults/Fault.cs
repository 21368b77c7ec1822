using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>One thing that the world does to the cluster. A rule of the world, never a hook in the product.</summary>
/// <param name="At">When it begins, since the world began.</param>
internal abstract record Fault(TimeSpan At)
{
    /// <summary>A fault of one node. Null: whoever acts as master when it begins.</summary>
    internal abstract record OfNode(TimeSpan At, NodeId? Node) : Fault(At);

    /// <summary>The agent dies, between two effects, and is started again in the same boot.</summary>
    internal sealed record ProcessCrash(TimeSpan At, NodeId? Node, TimeSpan For, int AfterEffects) : OfNode(At, Node);

    /// <summary>The machine is gone without a word; null: for good. It comes back in a new life.</summary>
    internal sealed record PowerCut(TimeSpan At, NodeId? Node, TimeSpan? For) : OfNode(At, Node);

    /// <summary>The kernel panics and tells all that it reaches, then blocks until a witness answers.</summary>
    internal sealed record Panic(TimeSpan At, NodeId? Node, int WindowMs, TimeSpan? RebootAfter) : OfNode(At, Node);

    /// <summary>The kernel restarts in good order; perhaps it panics on the way, in the same boot.</summary>
    internal sealed record KernelReboot(
        TimeSpan At,
        NodeId? Node,
        int WindowMs,
        TimeSpan? RebootAfter,
        TimeSpan? PanicAfter
    ) : OfNode(At, Node);

    /// <summary>The agent does not run for a while, as after SIGSTOP; perhaps between a step and its effects.</summary>
    internal sealed record Pause(TimeSpan At, NodeId? Node, TimeSpan For, bool BeforeEffects) : OfNode(At, Node);

    /// <summary>Each fsync takes this long.</summary>
    internal sealed record SlowDisk(TimeSpan At, NodeId? Node, TimeSpan For, TimeSpan Latency) : OfNode(At, Node);

    /// <summary>The disk takes no writes, and the runner says so.</summary>
    internal sealed record StalledDisk(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node);

    /// <summary>The machine is gone without a word and comes back with another, empty disk.</summary>
    internal sealed record Wipe(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node);

    /// <summary>An operator has the node give up its seat, and then takes its power, or takes his word back.</summary>
    /// <param name="Back">How long its power is off; null: it stays on.</param>
    internal sealed record PlannedStop(TimeSpan At, NodeId? Node, TimeSpan Waits, TimeSpan? Back) : OfNode(At, Node);

    /// <summary>Whoever is seated next loses its power at the moment that the master decides so.</summary>
    internal sealed record UnluckySeat(TimeSpan At, TimeSpan For) : Fault(At);

    /// <summary>Frames from one side to the other vanish, silently: connections stay.</summary>
    /// <param name="OneWay">Only from <paramref name="From"/> to <paramref name="To"/>.</param>
    /// <param name="Holds">Frames are not lost but come when it is over, as a TCP stream sends them again.</param>
    internal sealed record Cut(
        TimeSpan At,
        TimeSpan For,
        NodeSet From,
        NodeSet To,
        int DieMask,
        bool OneWay,
        bool Holds
    ) : Fault(At)
    {
        public bool Covers(NodeId from, NodeId to, Die die) =>
            (DieMask & (1 << die.Value)) != 0
            && ((From.Contains(from) && To.Contains(to)) || (!OneWay && From.Contains(to) && To.Contains(from)));
    }

    /// <summary>Frames between some nodes are lost, doubled, overtaken or late.</summary>
    internal sealed record Noise(
        TimeSpan At,
        TimeSpan For,
        NodeSet Among,
        int LossPermille,
        int DoublePermille,
        int OvertakePermille,
        TimeSpan DelayMax
    ) : Fault(At);

    /// <summary>A caller says a word at a node: about itself, or about another.</summary>
    internal sealed record Said(TimeSpan At, NodeId Node, NodeId Victim, EventKind Kind, int WindowMs) : Fault(At);

    /// <summary>A local event of a node's own kernel.</summary>
    /// <param name="WindowMs">0: nobody waits.</param>
    internal sealed record Local(TimeSpan At, NodeId Node, EventKind Kind, int WindowMs) : Fault(At);
}
