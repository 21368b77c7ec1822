using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>An operator has another node made master. Null: whichever can.</summary>
    internal sealed record Handover(TimeSpan At, NodeId? To) : Fault(At)
    {
        internal override string Kind => "handover";

        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            cluster.Operator.HandOver(To);
            return true;
        }
    }

    /// <summary>A majority of the voters is destroyed, and operators recover the rest. The machines get new disks; one comes back with its
    /// old disk first, and is refused.</summary>
    /// <remarks>Struck only where what is committed is on a disk that is left: only then must every promise hold.</remarks>
    internal sealed record LostMajority(TimeSpan At, ulong Seed) : Fault(At)
    {
        private static readonly TimeSpan OldDiskFor = TimeSpan.FromSeconds(4);
        private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(12);

        internal override string Kind => "lost majority";

        internal override TimeSpan Lasts => GivesUpAfter + (OldDiskFor * 3);

        internal override bool Begin(Cluster cluster)
        {
            var chance = new Prng(Seed);
            if (cluster.DrawLostMajority(chance) is not { Count: > 0 } lost)
            {
                return false;
            }

            foreach (var node in lost)
            {
                cluster.Host(node).PowerOff("destroyed", null);
                cluster.Host(node).IsDestroyed = true;
            }

            cluster.Operator.Recover(new([.. lost]), cluster.Now + GivesUpAfter, () => ComeBack(cluster, lost, chance));
            return true;
        }

        private static void ComeBack(Cluster cluster, IReadOnlyList<NodeId> lost, Prng chance)
        {
            foreach (var node in lost)
            {
                var host = cluster.Host(node);
                var isFirst = node == lost[0];
                host.IsDestroyed = false;
                if (!isFirst)
                {
                    host.Disk.Replace();
                }

                cluster.Agenda.After(chance.Below(OldDiskFor), () => host.Boot(TimeSpan.FromMilliseconds(100)));
                if (isFirst)
                {
                    cluster.Agenda.After(OldDiskFor * 2, () => Empty(host));
                }
            }
        }

        private static void Empty(Host host)
        {
            host.KillAgent("its disk is emptied", closes: true);
            host.Disk.Replace();
            host.StartAgentAfter(TimeSpan.FromMilliseconds(100));
        }
    }
}
