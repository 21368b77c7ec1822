using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S12, as far as disks and wires show it: outboxes, writes and frames have their limits.</summary>
internal sealed class Bounded(ProtocolOptions options) : IOracle
{
    private readonly Dictionary<NodeId, HashSet<ReportId>> outboxes = [];

    public string Name => "S12";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started started:
                outboxes[started.Node] = [.. started.State.Outbox.Select(stored => stored.Report.Id)];
                return null;
            case Sighting.Stored stored when outboxes.TryGetValue(stored.Node, out var outbox):
                outbox.UnionWith(stored.Write.OutboxPut.Select(put => put.Report.Id));
                outbox.ExceptWith(stored.Write.OutboxDrop);
                return outbox.Count <= options.OutboxMax
                    ? null
                    : $"{stored.Node} has {outbox.Count} words in its outbox";
            case Sighting.Decided { Effect: Effect.Send { Frame.Message: Message.AppendEntries append } }:
                return append.Entries.Count <= options.EntriesPerAppendMax
                    ? null
                    : $"{sighting.Node} sends {append.Entries.Count} entries at once";
            default:
                return null;
        }
    }
}
