using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>What a disk holds after the writes that were fsynced.</summary>
internal sealed class DiskImage(DiskId disk)
{
    private readonly Dictionary<ReportId, StoredReport> outbox = [];
    private readonly List<ReportId> outboxOrder = [];
    private readonly List<Entry> entries = [];

    public DiskId Disk { get; } = disk;

    public HardState HardState { get; private set; } = new(default, default, null);

    public Snapshot? Snapshot { get; private set; }

    public IReadOnlyCollection<StoredReport> Outbox => outbox.Values;

    /// <summary>The last index that the log reaches, or the snapshot where the log is empty.</summary>
    public LogIndex LastIndex => new(Base + entries.Count);

    /// <summary>The term of the last entry, or of the snapshot where the log is empty; zero: neither.</summary>
    public Term LastTerm => entries is [.., var last] ? last.Term : Snapshot?.LastTerm ?? default;

    private long Base => Snapshot?.LastIndex.Value ?? 0;

    public static DiskImage From(StoredState stored)
    {
        var image = new DiskImage(stored.Disk);
        _ = image.Apply(new DiskWrite(stored.HardState, null, stored.Entries, stored.Snapshot, stored.Outbox, []));
        return image;
    }

    /// <summary>The entry; null: none, or only the snapshot stands for it.</summary>
    public Entry? Find(LogIndex index)
    {
        var place = index.Value - Base - 1;
        return place >= 0 && place < entries.Count ? entries[(int)place] : null;
    }

    /// <summary>True if this very entry is on the disk, or a snapshot stands for it.</summary>
    public bool Holds(Entry entry) => entry.Index.Value <= Base || Find(entry.Index) == entry;

    /// <summary>Changes the image as the write says; null, or why no sane program writes that.</summary>
    public string? Apply(DiskWrite write)
    {
        HardState = write.HardState ?? HardState;
        if (write.TruncateFrom is { } from)
        {
            if (from.Value <= Base)
            {
                return $"truncates from {from}, which the snapshot up to {Base} stands for";
            }

            var keep = (int)Math.Min(entries.Count, from.Value - Base - 1);
            entries.RemoveRange(keep, entries.Count - keep);
        }

        // A snapshot that came from the master stands before what is appended to it; one of our own, after.
        var snapshotFirst = write.Append.Count == 0 || write.Append[0].Index.Value > write.Snapshot?.LastIndex.Value;
        if ((snapshotFirst ? Put(write.Snapshot) : null) is { } early)
        {
            return early;
        }

        foreach (var entry in write.Append)
        {
            if (entry.Index != LastIndex.Next)
            {
                return $"appends {entry.Index} after {LastIndex}";
            }

            entries.Add(entry);
        }

        if ((snapshotFirst ? null : Put(write.Snapshot)) is { } late)
        {
            return late;
        }

        ApplyOutbox(write);
        return null;
    }

    /// <summary>What a program that starts on this disk is given.</summary>
    public StoredState Read(LogIndex commitIndex) =>
        new(
            Disk,
            HardState,
            Snapshot,
            EquatableArray.Create<Entry>(entries.ToArray()),
            EquatableArray.Create<StoredReport>(outboxOrder.Select(id => outbox[id]).ToArray()),
            new LogIndex(Math.Clamp(commitIndex.Value, Base, LastIndex.Value))
        );

    private string? Put(Snapshot? snapshot)
    {
        if (snapshot is null)
        {
            return null;
        }

        if (snapshot.LastIndex.Value < Base)
        {
            return $"puts a snapshot up to {snapshot.LastIndex} over one up to {Base}";
        }

        entries.RemoveRange(0, (int)Math.Min(entries.Count, snapshot.LastIndex.Value - Base));
        Snapshot = snapshot;
        return null;
    }

    private void ApplyOutbox(DiskWrite write)
    {
        foreach (var stored in write.OutboxPut)
        {
            if (!outbox.ContainsKey(stored.Report.Id))
            {
                outboxOrder.Add(stored.Report.Id);
            }

            outbox[stored.Report.Id] = stored;
        }

        foreach (var id in write.OutboxDrop)
        {
            if (outbox.Remove(id))
            {
                outboxOrder.Remove(id);
            }
        }
    }
}
