namespace ClusterRas.Protocol;

/// <summary>What the log says about the cluster's map: the newest that was applied. It says all that is needed of those before.</summary>
public sealed record MapRecord
{
    /// <summary>Earlier maps that are remembered: who was away for more changes than that comes back with the newest file.</summary>
    public const int AncestorsMax = 64;

    /// <summary>Longest map, in UTF-16 characters; 32 nodes take about 12,000.</summary>
    public const int TextLengthMax = 128 * 1024;

    /// <summary>The record of a log in which no map was ever applied.</summary>
    public static readonly MapRecord Empty = new();

    /// <summary>The entry with the newest map; null: each node runs with its file.</summary>
    public Entry? Newest { get; init; }

    /// <summary>What <see cref="Newest"/> says; null: no map was applied yet.</summary>
    public EntryPayload.MapChanged? Change => Newest?.Payload as EntryPayload.MapChanged;

    /// <summary>Counts the maps that were applied; 0: none was.</summary>
    public long Version => Change?.Version ?? 0;

    /// <summary>The record after one more entry.</summary>
    public MapRecord Apply(Entry entry) =>
        entry.Payload is EntryPayload.MapChanged change && change.Version > Version
            ? this with
            {
                Newest = entry,
            }
            : this;
}
