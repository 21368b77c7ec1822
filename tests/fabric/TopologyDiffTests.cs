namespace ClusterRas.Fabric.Tests;

public class TopologyDiffTests
{
    [Fact]
    public void Diff_OfAMapWithItself_IsEmpty()
    {
        var map = RandomTopology.Make(new Dice(5), 16, hasAllOfUb: true);
        var diff = TopologyDiff.Between(map, map);
        diff.IsEmpty.ShouldBeTrue();
        diff.Links.ShouldAllBe(link => link.Fate == LinkFate.Stays);
        diff.Links.Length.ShouldBe(PlannedLink.AllOf(map).Length);
    }

    [Fact]
    public void Links_OfEitherMap_AreAllAccountedFor()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        for (var round = 0; round < 200; round++)
        {
            var before = RandomTopology.Make(dice, 1 + dice.Below(32), dice.Below(2) == 0);
            var after = RandomTopology.Make(dice, 1 + dice.Below(32), dice.Below(2) == 0);
            var fates = TopologyDiff.Between(before, after).Links.CountBy(link => link.Fate).ToDictionary();
            var kept = fates.GetValueOrDefault(LinkFate.Stays) + fates.GetValueOrDefault(LinkFate.Remade);
            var where = $"CLUSTERRAS_SEED={seed} round {round}";
            (kept + fates.GetValueOrDefault(LinkFate.GoesDown)).ShouldBe(PlannedLink.AllOf(before).Length, where);
            (kept + fates.GetValueOrDefault(LinkFate.ComesUp)).ShouldBe(PlannedLink.AllOf(after).Length, where);
        }
    }

    [Fact]
    public void Node_ThatIsReaddressedOrGone_ChangesItsOwnLinksOnly()
    {
        var dice = new Dice(6);
        var map = RandomTopology.Make(dice, 8, hasAllOfUb: true);
        var moved = map.Nodes[3];
        var die = moved.Dies[0] with { Eid = new Eid(7, 7) };
        var nodes = map
            .Nodes.Where(node => node.Id != map.Nodes[7].Id)
            .Select(node => node == moved ? node with { Dies = node.Dies.SetItem(0, die) } : node);
        var gaps = map.Ub.Gaps.RemoveAll(gap => gap.Lower == map.Nodes[7].Id || gap.Higher == map.Nodes[7].Id);
        var after = Topology.Create(map.Cluster, [.. nodes], null, map.Ub with { Gaps = gaps });

        var diff = TopologyDiff.Between(map, after);

        diff.Nodes.Keys.Order().ShouldBe(new[] { moved.Name, map.Nodes[7].Name }.Order());
        diff.Nodes[moved.Name].Select(change => change.What).ShouldBe(["die0 eid"]);
        var changed = diff.Links.Where(link => link.Fate != LinkFate.Stays).ToList();
        changed.ShouldAllBe(link =>
            link.Fate == LinkFate.GoesDown
                ? link.One == map.Nodes[7].Name || link.Other == map.Nodes[7].Name
                : link.Fate == LinkFate.Remade
                    && link.Transport == TransportKind.Urma
                    && link.Die.Value == 0
                    && (link.One == moved.Name || link.Other == moved.Name)
        );
        changed.Count(link => link.Fate == LinkFate.GoesDown).ShouldBeGreaterThan(7);
    }

    [Fact]
    public void Plan_LeavesOutWhatCannotBe()
    {
        var map = Topology.Create(
            "demo",
            [
                .. RandomTopology
                    .Make(new Dice(7), 3, hasAllOfUb: true)
                    .Nodes.Select((node, at) => at == 0 ? node with { Cna = null } : node),
            ]
        );
        var links = PlannedLink.AllOf(map).CountBy(link => link.Transport).ToDictionary();
        links.ContainsKey(TransportKind.Urma).ShouldBeFalse("no jetty, no URMA");
        links[TransportKind.Uvb].ShouldBe(1);
        links[TransportKind.Grpc].ShouldBe(3 * map.DieCount);
    }
}
