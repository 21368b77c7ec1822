using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>From here on a node's clock is too fast or too slow.</summary>
    /// <param name="Ppm">Microseconds too many per second.</param>
    internal sealed record ClockDrift(TimeSpan At, NodeId? Node, int Ppm) : OfNode(At, Node)
    {
        internal override string Kind => "clock drift";

        // The promises hold for clocks as good as crystals are.
        internal override Unrest Unrest => Unrest.None;

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.Drift(Ppm);
            return true;
        }
    }

    /// <summary>Somebody sets a node's wall clock. Our instants are CLOCK_MONOTONIC, so nobody may notice.</summary>
    internal sealed record WallClockJump(TimeSpan At, NodeId? Node, TimeSpan By) : OfNode(At, Node)
    {
        internal override string Kind => "wall clock jump";

        internal override Unrest Unrest => Unrest.None;

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.WallClockOffset += By;
            return true;
        }
    }
}
