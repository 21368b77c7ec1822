using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>The machine is gone without a word; null: for good. It comes back in a new life.</summary>
    internal sealed record PowerCut(TimeSpan At, NodeId? Node, TimeSpan? For) : OfNode(At, Node)
    {
        internal override string Kind => "power cut";

        internal override TimeSpan Lasts => For ?? default;

        internal override Unrest Unrest => UnrestUntilBack(default, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            var wasOn = host.Kernel is not null;
            host.PowerOff("power cut", For);
            return wasOn;
        }
    }

    /// <summary>The kernel panics and tells all that it reaches, then blocks until a witness answers.</summary>
    internal sealed record Panic(TimeSpan At, NodeId? Node, int WindowMs, TimeSpan? RebootAfter) : OfNode(At, Node)
    {
        /// <summary>True: drawn as the master's; by now the node has a name.</summary>
        public bool IsOfMaster { get; init; } = Node is null;

        internal override string Kind => IsOfMaster ? "panic of the master" : "panic";

        internal override TimeSpan Lasts => Ms(WindowMs) + (RebootAfter ?? default);

        internal override Unrest Unrest => UnrestUntilBack(Ms(WindowMs), RebootAfter);

        protected override bool Begin(Cluster cluster, Host host)
        {
            var ran = host.Kernel is { Runs: true };
            host.Kernel?.Panic(WindowMs, RebootAfter);
            return ran;
        }
    }

    /// <summary>The kernel restarts in good order; perhaps it panics on the way, in the same boot.</summary>
    internal sealed record KernelReboot(
        TimeSpan At,
        NodeId? Node,
        int WindowMs,
        TimeSpan? RebootAfter,
        TimeSpan? PanicAfter
    ) : OfNode(At, Node)
    {
        internal override string Kind => PanicAfter is null ? "reboot" : "reboot, then panic";

        internal override TimeSpan Lasts => Claims + (RebootAfter ?? default);

        internal override Unrest Unrest => UnrestUntilBack(Claims, RebootAfter);

        private TimeSpan Claims => PanicAfter is { } panic ? (Ms(WindowMs) * 2) + panic : Ms(WindowMs);

        protected override bool Begin(Cluster cluster, Host host)
        {
            var ran = host.Kernel is { Runs: true };
            host.Kernel?.Restart(WindowMs, RebootAfter, PanicAfter);
            return ran;
        }
    }
}
