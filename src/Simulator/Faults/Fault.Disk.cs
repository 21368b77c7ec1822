using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    // Until then a fault waits for a write that it can spoil; then it strikes all the same.
    private static readonly TimeSpan WriteWithin = TimeSpan.FromMilliseconds(700);

    /// <summary>Each fsync takes this long.</summary>
    internal sealed record SlowDisk(TimeSpan At, NodeId? Node, TimeSpan For, TimeSpan Latency) : OfNode(At, Node)
    {
        internal override string Kind => "slow fsync";

        // The last slow one may have begun just before the end.
        internal override Unrest Unrest => UnrestUntilBack(Latency * 2, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.Disk.Slowness = Latency;
            cluster.Agenda.At(cluster.EndOf(At + For), () => host.Disk.Slowness = TimeSpan.Zero);
            return true;
        }
    }

    /// <summary>The disk is full: it takes no writes, and the runner says so.</summary>
    internal sealed record StalledDisk(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        internal override string Kind => "full disk";

        internal override Unrest Unrest => UnrestUntilBack(default, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.Disk.StalledUntil = cluster.EndOf(At + For);
            return true;
        }
    }

    /// <summary>An fsync fails: the process ends, for nobody knows what is on the disk, and is started again (B7).</summary>
    internal sealed record FailedFsync(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        internal override string Kind => "failed fsync";

        internal override Unrest Unrest => UnrestUntilBack(WriteWithin, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Process is not { } process)
            {
                return false;
            }

            host.Disk.DuringNextWrite(
                WriteWithin,
                () =>
                {
                    if (host.Process == process)
                    {
                        host.KillAgent("fsync failed", closes: true);
                        host.StartAgentAfter(For);
                    }
                }
            );
            return true;
        }
    }

    /// <summary>The power goes while a write is under way: any first part of what was not fsynced is there, or nothing.</summary>
    internal sealed record TornWrite(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        internal override string Kind => "torn write";

        internal override TimeSpan Lasts => WriteWithin + For;

        internal override Unrest Unrest => UnrestUntilBack(WriteWithin, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Kernel is not { } kernel)
            {
                return false;
            }

            host.Disk.DuringNextWrite(
                WriteWithin,
                () =>
                {
                    if (host.Kernel == kernel)
                    {
                        host.PowerOff("power cut while it writes", For);
                    }
                }
            );
            return true;
        }
    }

    /// <summary>A bit of the ledger is wrong. It is found at the next start and the disk treated as wiped: a new, empty one (B5).</summary>
    internal sealed record BitFlip(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        internal override string Kind => "bit flip";

        // The node is back, its seat is not.
        internal override Unrest Unrest => UnrestUntilBack(default, For) with { SeatFor = Unrest.ForGood };

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Process is null)
            {
                return false;
            }

            host.KillAgent("crash", closes: true);
            if (cluster.MayLoseDisk(host.Node))
            {
                host.Disk.Replace();
            }

            host.StartAgentAfter(For);
            return true;
        }
    }

    /// <summary>The machine is gone without a word and comes back with another, empty disk.</summary>
    internal sealed record LostDisk(TimeSpan At, NodeId? Node, TimeSpan For) : OfNode(At, Node)
    {
        internal override string Kind => "lost disk";

        internal override TimeSpan Lasts => For;

        internal override Unrest Unrest => UnrestUntilBack(default, For) with { SeatFor = Unrest.ForGood };

        protected override bool Begin(Cluster cluster, Host host)
        {
            var wasOn = host.Kernel is not null;
            host.PowerOff("power cut", For);
            if (wasOn && cluster.MayLoseDisk(host.Node))
            {
                host.Disk.Replace();
            }

            return wasOn;
        }
    }
}
