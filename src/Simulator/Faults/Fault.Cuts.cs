using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
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
        /// <summary>What shape of cut this is.</summary>
        public string Name { get; init; } = "split";

        internal override string Kind => Name;

        internal override Unrest Unrest => Unrest.None;

        public bool Covers(NodeId from, NodeId to, Die die) =>
            (DieMask & (1 << die.Value)) != 0
            && ((From.Contains(from) && To.Contains(to)) || (!OneWay && From.Contains(to) && To.Contains(from)));

        internal override bool Begin(Cluster cluster)
        {
            cluster.Network.Begin(this);
            return true;
        }
    }
}
