using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S10: a node with another map is let in nowhere, so it takes no log and gives no vote.</summary>
internal sealed class RefusedMap : IOracle
{
    private NodeSet foreigners;

    public string Name => "S10";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started started:
                var self = NodeSet.One(started.Node);
                // Where the ledger has a map, the file is not what it runs with; and where that is not known to be committed,
                // it is of this cluster by its log, whatever its file says.
                foreigners =
                    started.HasForeignMap && !MapHistory.Has(started.State)
                        ? foreigners.With(started.Node)
                        : foreigners.Without(self);
                return null;
            case Sighting.Decided { Effect: Effect.MapTaken }:
                // And where it finds one committed in its log, it runs with that.
                foreigners = foreigners.Without(NodeSet.One(sighting.Node));
                return null;
            case Sighting.Stored stored
                when foreigners.Contains(stored.Node)
                    && chronicle.Running(stored.Node) is not null
                    && !IsAlone(stored.Node, chronicle):
                return
                    stored.Write.Append.Count > 0
                    || stored.Write.Snapshot is not null
                    || stored.Write.TruncateFrom is not null
                    ? $"{stored.Node} changes its log on a map that is not the others'"
                    : null;
            default:
                return null;
        }
    }

    // The only voter that is left leads by its own vote, whatever its map: nobody is there who could refuse it.
    private static bool IsAlone(NodeId node, Chronicle chronicle) =>
        chronicle.Groups.Of(node) is [var only] && only.Node == node;
}
