using System.Collections.Immutable;

namespace ClusterRas.Protocol;

/// <summary>What operators did, as the log has it: the newest acts, oldest first.</summary>
public sealed record AuditRecord
{
    /// <summary>Acts that are kept; older ones are dropped with the next snapshot.</summary>
    public const int ActsMax = 200;

    /// <summary>Maps that are kept among them: each is a whole file.</summary>
    public const int MapsMax = 16;

    /// <summary>The record of an empty log.</summary>
    public static readonly AuditRecord Empty = new();

    /// <summary>The entries that say what was done.</summary>
    public ImmutableList<Entry> Acts { get; init; } = [];

    /// <summary>The entry that holds this very wish; null: none.</summary>
    public Entry? Find(EntryPayload wish) => Acts.FindLast(act => act.Payload == wish);

    /// <summary>The entry with the map that this wish asks for; null: none.</summary>
    public Entry? FindMap(EntryPayload.MapChanged wish) =>
        Acts.FindLast(act =>
            act.Payload is EntryPayload.MapChanged map && map.Text == wish.Text && map.Warrant == wish.Warrant
        );

    /// <summary>The record after one more entry.</summary>
    public AuditRecord Apply(Entry entry)
    {
        if (!IsAct(entry.Payload))
        {
            return this;
        }

        var acts = Acts.Add(entry);
        if (
            entry.Payload is EntryPayload.MapChanged
            && acts.Count(act => act.Payload is EntryPayload.MapChanged) > MapsMax
        )
        {
            acts = acts.Remove(acts.First(act => act.Payload is EntryPayload.MapChanged));
        }

        return this with
        {
            Acts = acts.Count > ActsMax ? acts.RemoveAt(0) : acts,
        };
    }

    private static bool IsAct(EntryPayload payload) =>
        payload
            is EntryPayload.HandoverAsked
                or EntryPayload.StopPlanned
                or EntryPayload.Recovered
                or EntryPayload.MapChanged
                or EntryPayload.Muted
                or EntryPayload.Unmuted
                or EntryPayload.Closed { Reason: CloseReason.Operator };
}
