using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>An operator has the node give up its seat, and then takes its power, or takes his word back.</summary>
    /// <param name="Back">How long its power is off; null: it stays on.</param>
    internal sealed record PlannedStop(TimeSpan At, NodeId? Node, TimeSpan Waits, TimeSpan? Back) : OfNode(At, Node)
    {
        internal override string Kind => "planned stop";

        internal override TimeSpan Lasts => Waits + (Back ?? default);

        internal override Unrest Unrest => UnrestUntilBack(Waits, Back ?? default(TimeSpan));

        protected override bool Begin(Cluster cluster, Host host)
        {
            var ran = host.Kernel is { Runs: true };
            cluster.Operator.Stop(host.Node, isOff: false);
            cluster.Agenda.After(Waits, () => End(cluster, host));
            return ran;
        }

        private void End(Cluster cluster, Host host)
        {
            if (Back is { } back && cluster.Now < cluster.Plan.FaultsEnd)
            {
                host.PowerOff("planned stop", back);
            }
            else
            {
                cluster.Operator.Stop(host.Node, isOff: true);
            }
        }
    }

    /// <summary>Whoever is seated next loses its power at the moment that the master decides so.</summary>
    internal sealed record UnluckySeat(TimeSpan At, TimeSpan For) : Fault(At)
    {
        internal override string Kind => "unlucky seat";

        internal override TimeSpan Lasts => For;

        // Whom it strikes is known by then only: that is a power cut, which brings its own.
        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            cluster.AwaitSeat(seated => cluster.BeginAfter(TimeSpan.Zero, new PowerCut(default, seated, For)));
            return true;
        }
    }
}
