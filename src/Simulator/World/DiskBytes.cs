using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Simulator.World;

/// <summary>What lies on a disk goes through bytes before a program gets it back.</summary>
internal static class DiskBytes
{
    /// <summary>The same state, as it is read.</summary>
    /// <exception cref="InvalidDataException">The codec cannot read what it wrote.</exception>
    public static StoredState Reread(StoredState state) =>
        state with
        {
            HardState = HardStateCodec.TryDecode(HardStateCodec.Encode(state.HardState), out var hard, out var refusal)
                ? hard
                : throw new InvalidDataException($"{state.HardState}: {refusal}"),
            Snapshot = state.Snapshot is { } snapshot ? Reread(snapshot) : null,
            Entries = [.. state.Entries.Select(Reread)],
            Outbox = [.. state.Outbox.Select(Reread)],
        };

    private static Snapshot Reread(Snapshot snapshot) =>
        SnapshotCodec.TryDecode(SnapshotCodec.Encode(snapshot), out var read, out var refusal)
            ? read
            : throw new InvalidDataException($"{snapshot}: {refusal}");

    private static Entry Reread(Entry entry) =>
        EntryCodec.TryDecode(EntryCodec.Encode(entry), out var read, out var refusal)
            ? read
            : throw new InvalidDataException($"{entry}: {refusal}");

    private static StoredReport Reread(StoredReport report) =>
        StoredReportCodec.TryDecode(StoredReportCodec.Encode(report), out var read, out var refusal)
            ? read
            : throw new InvalidDataException($"{report}: {refusal}");
}
