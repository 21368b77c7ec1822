using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S10: a map counts where it is committed and nowhere else, each follows on the one before it, and in the end all run with one.</summary>
internal sealed class OneMap : IOracle
{
    public string Name => "S10";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.Committed committed }:
                return committed
                    .Entries.Select(entry => entry.Payload)
                    .OfType<EntryPayload.MapChanged>()
                    .Select(change => Committed(sighting.Node, change, chronicle))
                    .FirstOrDefault(reason => reason is not null);
            case Sighting.Decided { Effect: Effect.MapTaken taken }:
                return Taken(sighting.Node, taken, chronicle);
            case Sighting.Settled settled when chronicle.Groups.CanLead(settled.Running, chronicle):
                return AtTheEnd(settled, chronicle);
            default:
                return null;
        }
    }

    private static string? Committed(NodeId node, EntryPayload.MapChanged change, Chronicle chronicle)
    {
        if (chronicle.Maps.Find(change.Version) != change)
        {
            return $"{node} commits another map as version {change.Version} than was committed before";
        }

        var before =
            change.Version == 1
                ? chronicle.Shape.Topology.Digest.ToString()
                : DigestOf(chronicle.Maps.Find(change.Version - 1)?.Text);
        return before == change.Ancestors[^1]
            ? null
            : $"{node} commits map version {change.Version}, which was not made for the one before";
    }

    private static string? Taken(NodeId node, Effect.MapTaken taken, Chronicle chronicle) =>
        taken.Version == 0
        || (chronicle.Maps.Find(taken.Version) is { } change && DigestOf(change.Text) == taken.Map.Digest.ToString())
            ? null
            : $"{node} runs with map version {taken.Version}, which is not committed";

    private static string? AtTheEnd(Sighting.Settled settled, Chronicle chronicle)
    {
        var newest = chronicle.Maps.Newest?.Version ?? 0;
        foreach (var node in settled.Running.Nodes())
        {
            if (chronicle.Maps.IsOut(node))
            {
                return $"{node} was not added again, though there is a majority";
            }

            if (chronicle.Maps.VersionAt(node) != newest)
            {
                return $"{node} runs with map version {chronicle.Maps.VersionAt(node)} at the end, and {newest} is committed";
            }
        }

        return null;
    }

    private static string? DigestOf(string? text) =>
        text is not null && TopologyFile.Read(text, "map") is TopologyReading.Accepted accepted
            ? accepted.Topology.Digest.ToString()
            : null;
}
