using System.Collections.Immutable;
using ClusterRas.Fabric.Rules;

namespace ClusterRas.Fabric.Drafts;

/// <summary>Makes the map of a draft in which no rule found an error.</summary>
public static class MapBuilder
{
    /// <summary>Judges the draft and builds the map.</summary>
    /// <param name="draft">What was read.</param>
    /// <param name="problems">Of its form so far; those of the rules are added.</param>
    /// <param name="nodeCountMax">Most nodes to allow, 32 at most: a map of more cannot be.</param>
    public static TopologyReading Build(MapDraft draft, ProblemList problems, int nodeCountMax)
    {
        RuleBook.Check(draft, problems, Math.Clamp(nodeCountMax, 1, Limits.NodeCountMax));
        if (problems.HasErrors)
        {
            return new TopologyReading.Refused(problems.InOrderOfText());
        }

        return new TopologyReading.Accepted(Build(draft)) { Warnings = problems.InOrderOfText() };
    }

    private static Topology Build(MapDraft draft)
    {
        var nodes = draft.Nodes.ConvertAll(node => new TopologyNode(
            new NodeId(node.Id!.Value),
            node.Name!.Value,
            node.Cna?.Value,
            [
                .. node.Dies.Select(
                    (die, at) =>
                        new TopologyDie(new Die(at), die.Eid!.Value, die.Grpc!.Value) { Switch = die.Switch?.Value }
                ),
            ]
        )
        {
            Rack = node.Rack?.Value,
            Timeouts = node.Timeouts.Known,
        });
        var ids = nodes.ToDictionary(node => node.Name, node => node.Id, StringComparer.Ordinal);
        var control =
            draft.Control?.Members.Select(member => ids[member.Value]) ?? Topology.DefaultControlGroup(ids.Values);
        var tuning = new Tuning(draft.Tuning.Select(one => KeyValuePair.Create(one.Key, one.Value.Value)));
        return new Topology(draft.Cluster!, nodes, control, UbOf(draft, ids), tuning);
    }

    private static UbSettings UbOf(MapDraft draft, Dictionary<string, NodeId> ids)
    {
        var said = draft.Gaps.Select(gap =>
            LinkGap.Between(new Die(gap.Die.Value), ids[gap.Names[0].Value], ids[gap.Names[1].Value])
        );
        var found = PeerListRules
            .GapsOf(draft)
            .Select(gap => LinkGap.Between(gap.Die, ids[gap.Item2.Name!.Value], ids[gap.Item3.Name!.Value]));
        var jetty =
            draft.Jetty ?? draft.Nodes.Select(node => node.Peers?.Jetty).FirstOrDefault(told => told is not null);
        return new UbSettings(
            jetty is null ? null : new JettyId(jetty.Value),
            draft.Timeouts.Known,
            [.. said.Union(found).Order()]
        );
    }
}
