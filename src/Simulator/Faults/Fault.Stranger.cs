using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>Frames that nobody of the cluster has sent reach a node's core: in the name of a node that the map does not have, or on a
    /// road where no connection is (S11).</summary>
    /// <param name="Posing">In whose name; where there is a connection from that one, in nobody's.</param>
    internal sealed record StrangersFrames(TimeSpan At, NodeId? Node, NodeId Posing, ulong Seed) : OfNode(At, Node)
    {
        private const int FrameCount = 8;

        internal override string Kind => "stranger's frames";

        internal override Unrest Unrest => Unrest.None;

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Process is not { } process)
            {
                return false;
            }

            var chance = new Prng(Seed);
            var die = new Die((int)chance.Below(cluster.Plan.Shape.DieCount));
            var isFree = Posing != host.Node && !cluster.Network.IsConnected(host.Node, Posing, die);
            var from = isFree ? Posing : new NodeId(cluster.Plan.Shape.NodeCount + (int)chance.Below(8));
            var link = new LinkId(from, die, TransportKind.Grpc);
            for (var sequence = 1ul; sequence <= FrameCount; sequence++)
            {
                process.Give(new Input.Arrived(link, new Frame(sequence, 0, 0, Forge(chance, host))));
            }

            return true;
        }

        private static Message Forge(Prng chance, Host host)
        {
            var term = new Term((long)chance.Below(1_000_000));
            var disk = new DiskId(chance.NextWide() | 1);
            var index = new LogIndex((long)chance.Below(100));
            return chance.Below(7) switch
            {
                0 => new Message.RequestVote(term, disk, index, term, null, Transfer: true),
                1 => new Message.PreVote(term, disk, index, term, null),
                2 => new Message.AppendEntries(term, disk, default, default, index, 1, []),
                3 => new Message.TimeoutNow(term),
                4 => new Message.Adopt(
                    new Entry(
                        new LogIndex(1),
                        new Term(1),
                        new EntryPayload.Founded(new ClusterId(chance.NextWide() | 1), [])
                    )
                ),
                5 => new Message.Heartbeat(host.Life, []),
                _ => new Message.LinkAck(),
            };
        }
    }
}
