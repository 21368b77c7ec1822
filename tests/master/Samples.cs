using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests;

/// <summary>Entries, words and writes that read as prose in a test.</summary>
internal static class Samples
{
    public static readonly ClusterId Cluster = new(0xC1);

    public static readonly BootId Boot = new(0xB0);

    public static Entry Entry(long index, long term, EntryPayload payload) => new(new(index), new(term), payload);

    /// <summary>An entry that nothing but its text tells apart.</summary>
    public static Entry Text(long index, long term, string text) =>
        Entry(index, term, new EntryPayload.Closed(new(new(1_000_000)), CloseReason.Operator, text));

    /// <summary>An entry of about this many bytes. One text of an entry is at most 512 characters, so it takes
    /// several.</summary>
    public static Entry Bulk(long index, long term, string name, int bytes) =>
        Entry(
            index,
            term,
            new EntryPayload.Answered(
                new(new(1_000_000)),
                Verdict.Handled,
                0,
                [
                    .. Enumerable
                        .Range(0, (bytes / 500) + 1)
                        .Select(part => Math.Min(500, bytes - (500 * part)))
                        .Select(length => new HandlerResult(name, HandlerOutcome.Done, 0, new string('x', length))),
                ]
            )
        );

    public static Words Words(NodeId witness, EventKind kind, ulong number, ReportDoor door = ReportDoor.Device) =>
        new(
            new ReportId(witness, Boot, door, kind, number, 7),
            new Eid(0xFD00_0000_0000_0000, 1),
            null,
            null,
            default,
            17,
            Waiter.StockRemote,
            35_017,
            null
        );

    public static StoredReport Report(ulong number, long raisedNs = 5_000) =>
        new(
            new Report(Words(new NodeId(2), EventKind.Panic, number), new Instant(raisedNs), new Instant(90_000)),
            new DeviceRef(1, 3)
        );

    public static EntryPayload.Opened Opened(NodeId victim, EventKind kind, ulong number) =>
        new(victim, new Life(Boot, 17), 0, kind, Words(new NodeId(3), kind, number), 12, 35_005, []);

    public static DiskWrite Append(params ReadOnlySpan<Entry> entries) =>
        DiskWrite.Nothing with
        {
            Append = EquatableArray.Create(entries),
        };

    public static DiskWrite State(long term, Voter? vote = null) =>
        DiskWrite.Nothing with
        {
            HardState = new HardState(Cluster, new Term(term), vote),
        };

    public static Effect.Committed Committed(params ReadOnlySpan<Entry> entries) =>
        new(EquatableArray.Create(entries), entries[^1].Index);
}
