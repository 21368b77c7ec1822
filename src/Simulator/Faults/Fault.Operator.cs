using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>A node is started with a map of another digest, and after a while with the right one.</summary>
    internal sealed record WrongTopology(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        private static readonly TimeSpan StartsIn = TimeSpan.FromMilliseconds(100);

        internal override string Kind => "wrong topology";

        internal override TimeSpan Lasts => For;

        internal override Unrest Unrest => UnrestUntilBack(StartsIn * 2, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Process is null || host.HasForeignMap)
            {
                return false;
            }

            Restart(host, isForeign: true);
            cluster.Agenda.At(cluster.EndOf(At + For), () => Restart(host, isForeign: false));
            return true;
        }

        private static void Restart(Host host, bool isForeign)
        {
            host.HasForeignMap = isForeign;
            host.KillAgent("another topology", closes: true);
            host.StartAgentAfter(StartsIn);
        }
    }
}
