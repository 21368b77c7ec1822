using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>Frames between some nodes are lost, doubled, overtaken, late or damaged.</summary>
    internal sealed record Noise(
        TimeSpan At,
        TimeSpan For,
        NodeSet Among,
        int LossPermille,
        int DoublePermille,
        int OvertakePermille,
        TimeSpan DelayMax
    ) : Fault(At)
    {
        /// <summary>What kind of noise this is.</summary>
        public string Name { get; init; } = "mixed noise";

        /// <summary>Frames with wrong bits.</summary>
        public int CorruptPermille { get; init; }

        /// <summary>Frames without their end.</summary>
        public int TruncatePermille { get; init; }

        /// <summary>Copies of each frame beside the frame itself.</summary>
        public int Copies { get; init; }

        /// <summary>Only frames to this node; null: to all of them.</summary>
        public NodeId? Towards { get; init; }

        internal override string Kind => Name;

        internal override Unrest Unrest => Unrest.Everywhere(For);

        public bool Covers(NodeId from, NodeId to) =>
            Among.Contains(from) && Among.Contains(to) && (Towards is null || Towards == to);

        internal override bool Begin(Cluster cluster)
        {
            cluster.Network.Begin(this);
            return true;
        }
    }
}
