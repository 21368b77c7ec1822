using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>To which channels notices go, and what operators want none of, as the log has it.</summary>
/// <remarks>No clock decides here when a mute is over: whoever is about to send reads it (docs/adr/0007).</remarks>
public sealed record NoticeRules
{
    /// <summary>Mutes that are kept. One more drops the one that ends first.</summary>
    public const int MutesMax = 64;

    /// <summary>Of an empty log.</summary>
    public static readonly NoticeRules Empty = new();

    /// <summary>The mutes that nobody has taken back, by their entries; also those whose end has passed.</summary>
    public ImmutableSortedDictionary<LogIndex, EntryPayload.Muted> Mutes { get; init; } =
        ImmutableSortedDictionary<LogIndex, EntryPayload.Muted>.Empty;

    /// <summary>The channels, by name, each with the entry from which on it is told of incidents.</summary>
    public ImmutableSortedDictionary<string, LogIndex> Channels { get; init; } =
        ImmutableSortedDictionary.Create<string, LogIndex>(StringComparer.Ordinal);

    /// <summary>The entries that a snapshot must keep.</summary>
    public IEnumerable<LogIndex> Retained => Mutes.Keys.Concat(Channels.Values);

    /// <summary>The mute that this incident falls under, of those that end last; null: none.</summary>
    /// <param name="nowUnixMs">By the wall clock of who asks.</param>
    public (LogIndex Index, EntryPayload.Muted Mute)? Find(Incident incident, long nowUnixMs)
    {
        (LogIndex, EntryPayload.Muted)? found = null;
        foreach (var (index, mute) in Mutes)
        {
            if (
                mute.UntilUnixMs > nowUnixMs
                && mute.Covers(incident)
                && (found is not { } known || mute.UntilUnixMs > known.Item2.UntilUnixMs)
            )
            {
                found = (index, mute);
            }
        }

        return found;
    }

    /// <summary>The entry of this very mute; null: not there.</summary>
    public LogIndex? IndexOf(EntryPayload.Muted wish)
    {
        foreach (var (index, mute) in Mutes)
        {
            if (mute == wish)
            {
                return index;
            }
        }

        return null;
    }

    /// <summary>The record after one more entry.</summary>
    public NoticeRules Apply(Entry entry) =>
        entry.Payload switch
        {
            EntryPayload.Muted muted => this with { Mutes = Fitting(Mutes.SetItem(entry.Index, muted)) },
            EntryPayload.Unmuted unmuted => this with { Mutes = Mutes.Remove(unmuted.Mute) },
            EntryPayload.ChannelDeclared declared => Channels.ContainsKey(declared.Name)
                ? this
                : this with
                {
                    Channels = Channels.Add(declared.Name, entry.Index),
                },
            _ => this,
        };

    private static ImmutableSortedDictionary<LogIndex, EntryPayload.Muted> Fitting(
        ImmutableSortedDictionary<LogIndex, EntryPayload.Muted> mutes
    ) => mutes.Count <= MutesMax ? mutes : mutes.Remove(mutes.MinBy(mute => mute.Value.UntilUnixMs).Key);
}
