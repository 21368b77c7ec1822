using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>An operator applies a map in which one thing is changed, at whatever node answers. Who was removed goes on talking until
    /// it is added again.</summary>
    /// <param name="For">Until a removed one is added again.</param>
    internal sealed record Apply(TimeSpan At, NodeId? Node, MapAct Act, TimeSpan For) : OfNode(At, Node)
    {
        private static readonly TimeSpan StartsIn = TimeSpan.FromMilliseconds(100);

        internal override string Kind => "apply";

        internal override TimeSpan Lasts => Act == MapAct.Remove ? For : default;

        // How long it takes to be added again hangs on whoever is master then.
        internal override Unrest Unrest => Act == MapAct.Remove ? UnrestHere(Unrest.ForGood) : Unrest.None;

        protected override bool Begin(Cluster cluster, Host host)
        {
            var begun = cluster.Operator.Apply(host.Node, Act);
            if (Act == MapAct.Remove)
            {
                cluster.Agenda.At(
                    cluster.EndOf(At + For),
                    () => cluster.Operator.AddAgain(host.Node, map => Restart(host, map))
                );
            }

            return begun;
        }

        private static void Restart(Host host, Topology map)
        {
            host.File = map;
            host.KillAgent("started with the map that has it again", closes: true);
            host.StartAgentAfter(StartsIn);
        }
    }
}
