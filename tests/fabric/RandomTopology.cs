using System.Collections.Immutable;

namespace ClusterRas.Fabric.Tests;

/// <summary>Valid maps by seed: any size, 1 or 2 DIEs, all kinds of addresses, any control group.</summary>
internal static class RandomTopology
{
    public static Topology Make(Dice dice)
    {
        var count = 1 + dice.Below(Limits.NodeCountMax);
        var dieCount = 1 + dice.Below(2);
        var ids = Enumerable.Range(0, Limits.NodeCountMax).ToList();
        dice.Shuffle(ids);
        var nodes = ids.Take(count).Select(id => MakeNode(dice, id, dieCount)).ToList();
        List<int> sizes =
            count >= 5 ? [1, 3, 5]
            : count >= 3 ? [1, 3]
            : [1];
        var control = dice.Below(3) == 0 ? null : nodes.Take(sizes[dice.Below(sizes.Count)]).Select(n => n.Id).ToList();
        return Topology.Create("c" + dice.Below(1000), nodes, control);
    }

    private static TopologyNode MakeNode(Dice dice, int id, int dieCount)
    {
        Cna? cna = dice.Below(2) == 0 ? null : new Cna((uint)((dice.Below(1 << 18) * 32) + id));
        var dies = ImmutableArray.CreateBuilder<TopologyDie>();
        for (var die = 0; die < dieCount; die++)
        {
            // High bits by chance, low bits by place, so that no two are the same by accident.
            var eid = new Eid(dice.Next() >> 1, (dice.Next() << 8) | (uint)((id * 2) + die));
            var port = 1 + dice.Below(65535);
            var text = dice.Below(4) switch
            {
                0 => $"[{eid}]:{TopologyDie.GrpcPortDefault}",
                1 => $"10.{id}.{die}.{dice.Below(256)}:{port}",
                2 => $"n{id}-{die}.Example:{port}",
                _ => $"[fd00:{id}:{die}::{dice.Below(256):x}]:{port}",
            };
            HostPort.TryParse(text, out var grpc).ShouldBeTrue(text);
            dies.Add(new TopologyDie(new Die(die), eid, grpc));
        }

        return new TopologyNode(new NodeId(id), $"node-{id}", cna, dies.ToImmutable());
    }
}
