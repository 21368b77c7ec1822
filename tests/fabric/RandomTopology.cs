using System.Collections.Immutable;

namespace ClusterRas.Fabric.Tests;

/// <summary>Valid maps by seed: any size, 1 or 2 DIEs, all kinds of addresses, any control group.</summary>
internal static class RandomTopology
{
    /// <summary>A map about which no rule has anything to say up to 16 nodes; above, one note.</summary>
    public static Topology Make(Dice dice) => Make(dice, 1 + dice.Below(Limits.NodeCountMax));

    /// <summary>A map of so many nodes.</summary>
    /// <param name="hasAllOfUb">Every node has a CNA, and there is a jetty: what sysSentry needs.</param>
    public static Topology Make(Dice dice, int count, bool hasAllOfUb = false)
    {
        var dieCount = 1 + dice.Below(2);
        var ids = Enumerable.Range(0, Limits.NodeCountMax).ToList();
        dice.Shuffle(ids);
        var hasPlaces = dice.Below(2) == 0;
        var nodes = ids.Take(count).Select(id => MakeNode(dice, id, dieCount, hasAllOfUb, hasPlaces)).ToList();
        List<int> sizes =
            count >= 5 ? [1, 3, 5]
            : count >= 3 ? [1, 3]
            : [1];
        var control = dice.Below(3) == 0 ? null : nodes.Take(sizes[dice.Below(sizes.Count)]).Select(n => n.Id).ToList();
        return Topology.Create(
            "c" + dice.Below(1000),
            nodes,
            control,
            MakeUb(dice, nodes, dieCount, hasAllOfUb),
            hasAllOfUb || dice.Below(3) > 0 ? null : MakeTuning(dice)
        );
    }

    private static UbSettings MakeUb(Dice dice, List<TopologyNode> nodes, int dieCount, bool hasAllOfUb)
    {
        JettyId? jetty = hasAllOfUb || dice.Below(2) == 0 ? new JettyId(3 + dice.Below(1021)) : null;
        var gaps = new SortedSet<LinkGap>();
        for (var left = nodes.Count > 2 && dice.Below(4) == 0 ? 1 + dice.Below(3) : 0; left > 0; left--)
        {
            var one = dice.Below(nodes.Count);
            var other = (one + 1 + dice.Below(nodes.Count - 1)) % nodes.Count;
            gaps.Add(LinkGap.Between(new Die(dice.Below(dieCount)), nodes[one].Id, nodes[other].Id));
        }

        return new UbSettings(jetty, MakeTimeouts(dice), [.. gaps]);
    }

    // Around the defaults, so that they fit each other.
    private static Tuning MakeTuning(Dice dice) =>
        new(
            ClusterOption
                .All.Where(_ => dice.Below(3) == 0)
                .Select(option => KeyValuePair.Create(option, option.Default + dice.Below((option.Default / 50) + 1)))
        );

    private static BlockingTimeouts MakeTimeouts(Dice dice) =>
        dice.Below(2) == 0 ? default : new(Window(dice), dice.Below(2) == 0 ? null : Window(dice));

    private static int Window(Dice dice) => (4 + dice.Below(3597)) * 1000;

    private static TopologyNode MakeNode(Dice dice, int id, int dieCount, bool hasAllOfUb, bool hasPlaces)
    {
        Cna? cna = !hasAllOfUb && dice.Below(2) == 0 ? null : new Cna((uint)((dice.Below(1 << 18) * 32) + id));
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

            // Two rails share switches among many nodes; a single one would take its nodes with it.
            var plug = dieCount == 1 ? $"s{id}" : $"s{die}/{dice.Below(4)}";
            dies.Add(new TopologyDie(new Die(die), eid, grpc) { Switch = hasPlaces ? plug : null });
        }

        return new TopologyNode(new NodeId(id), $"node-{id}", cna, dies.ToImmutable())
        {
            Rack = hasPlaces ? $"rack_{id}" : null,
            Timeouts = dice.Below(8) == 0 ? MakeTimeouts(dice) : default,
        };
    }
}
