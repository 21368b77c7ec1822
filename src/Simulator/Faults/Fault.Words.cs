using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>A caller says a word at a node: about itself, or by mistake about another.</summary>
    internal sealed record Said(TimeSpan At, NodeId Node, NodeId Victim, EventKind Word, int WindowMs) : Fault(At)
    {
        internal override string Kind => Node == Victim ? "said of itself" : "said of a healthy node";

        internal override NodeId Place => Node;

        internal override TimeSpan Lasts => Ms(WindowMs);

        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster) => cluster.Host(Node).Say(Victim, Word, WindowMs);
    }

    /// <summary>A node's device shows a record about a node that is well: no kernel can be asked whether it is true.</summary>
    /// <param name="IsTagged">The window carries the victim's tag.</param>
    internal sealed record ForgedRecord(
        TimeSpan At,
        NodeId Node,
        NodeId Victim,
        EventKind Word,
        int WindowMs,
        bool IsTagged
    ) : Fault(At)
    {
        internal override string Kind => "forged record";

        internal override NodeId Place => Node;

        internal override TimeSpan Lasts => Ms(WindowMs);

        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            if (cluster.Host(Node).Kernel is not { Runs: true } kernel)
            {
                return false;
            }

            kernel.Forge(Victim, Word, WindowMs + (IsTagged ? cluster.Host(Victim).Life.Tag : 0));
            return true;
        }
    }

    /// <summary>A local event of a node's own kernel.</summary>
    /// <param name="WindowMs">0: nobody waits.</param>
    internal sealed record Local(TimeSpan At, NodeId Node, EventKind Word, int WindowMs) : Fault(At)
    {
        internal override string Kind => "local event";

        internal override NodeId Place => Node;

        internal override TimeSpan Lasts => Ms(WindowMs);

        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            var ran = cluster.Host(Node).Kernel is { Runs: true };
            cluster.Host(Node).Kernel?.Tell(Word, WindowMs);
            return ran;
        }
    }
}
