using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Frames that tests send, told apart by a number.</summary>
internal static class Said
{
    private static readonly DiskId Disk = new(7);

    /// <summary>A word of its own, whose copy is only itself.</summary>
    public static Frame Word(int number) =>
        new((ulong)number, 0, 0, new Message.Reporting(new Report(Words(number), Instant.Zero, null)));

    public static Frame Beat(int number) => new((ulong)number, 0, 0, new Message.Heartbeat(Samples.Life, []));

    public static Frame Ack(int number) => new(0, (ulong)number, 0, new Message.LinkAck());

    public static Frame EmptyAppend(int number) =>
        new(
            (ulong)number,
            0,
            0,
            new Message.AppendEntries(new Term(1), Disk, new LogIndex(number), new Term(1), default, 0, [])
        );

    public static Frame Snapshot(int number, params ReadOnlySpan<Entry> entries) =>
        new(
            (ulong)number,
            0,
            0,
            new Message.InstallSnapshot(
                new Term(1),
                Disk,
                new Snapshot(new LogIndex(90), new Term(1), EquatableArray.Create(entries)),
                0
            )
        );

    public static Frame Refused(string reason) => new(0, 0, 0, new Message.Refused(reason));

    /// <summary>An entry of about that many bytes.</summary>
    public static Entry LargeEntry(int index, int bytes)
    {
        // Field 1000, a byte string: of a version that nobody knows.
        var payload = new byte[bytes + 6];
        payload[0] = 0xc2;
        payload[1] = 0x3e;
        for (var at = 0; at < 4; at++)
        {
            payload[2 + at] = (byte)(((bytes >> (7 * at)) & 0x7f) | (at < 3 ? 0x80 : 0));
        }

        return new Entry(
            new LogIndex(index),
            new Term(1),
            new EntryPayload.Unknown(EquatableArray.Create<byte>(payload))
        );
    }

    public static Frame LargeAppend(int number, int bytes) =>
        new(
            (ulong)number,
            0,
            0,
            new Message.AppendEntries(new Term(1), Disk, default, default, default, 0, [LargeEntry(1, bytes)])
        );

    private static Words Words(int number) =>
        new(
            ReportId.ForNonce(
                new NodeId(1),
                Samples.Life.Boot,
                ReportDoor.Said,
                EventKind.LinkChange,
                (UInt128)(uint)number
            ),
            null,
            null,
            new NodeId(1),
            default,
            0,
            Waiter.Nobody,
            null,
            null
        );
}
