namespace ClusterRas.Master.Tests.Crash;

/// <summary>The disk of one folder: keeps all that happens to its files, in order, and refuses what it is told to refuse.</summary>
/// <remarks>The mark is not SQLite's file, so no VFS sees its writes. But one thread writes both, and the mark is fsynced at once
/// (<c>LedgerDiskFaultTests</c> shows that a failure of that fsync is noticed): what has changed in it since the last call was
/// written and synced between the two.</remarks>
internal sealed class WatchedDisk : IDisposable
{
    private const int SlotLength = 4096;
    private const string Mark = "ledger.mark";

    private readonly Lock gate = new();
    private readonly List<DiskOperation> operations = [];
    private readonly byte[]?[] slots = new byte[]?[2];

    /// <summary>Refuses nothing.</summary>
    public static readonly Func<DiskCall, string, DiskAnswer> Sound = (_, _) => DiskAnswer.Done;

    public WatchedDisk(string folder)
    {
        Folder = folder;
        TestVfs.Watch(this);
    }

    public string Folder { get; }

    /// <summary>Asked before each call of SQLite, with the file. May block: the disk hangs then.</summary>
    public Func<DiskCall, string, DiskAnswer> Fault { get; set; } = Sound;

    /// <summary>An fsync of this file says that it was done and is not; empty: none lies.</summary>
    public string LiesAbout { get; set; } = "";

    /// <summary>A refused write leaves its first half, as the short write of a full disk does.</summary>
    public bool WritesHalf { get; set; }

    /// <summary>All so far.</summary>
    public IReadOnlyList<DiskOperation> Operations
    {
        get
        {
            lock (gate)
            {
                SeeMark();
                return [.. operations];
            }
        }
    }

    /// <summary>Something is said about the disk, here in the order.</summary>
    public void Note(DiskOperation said)
    {
        lock (gate)
        {
            SeeMark();
            operations.Add(said);
        }
    }

    internal (DiskAnswer Answer, int Taken) OnWrite(string file, long offset, ReadOnlySpan<byte> bytes)
    {
        var answer = Fault(DiskCall.Write, file);
        var taken =
            answer == DiskAnswer.Done ? bytes.Length
            : WritesHalf ? bytes.Length / 2
            : 0;
        if (taken > 0)
        {
            Note(new DiskOperation.Written(file, offset, bytes[..taken].ToArray()));
        }

        return (answer, taken);
    }

    internal DiskAnswer OnTruncate(string file, long size)
    {
        var answer = Fault(DiskCall.Truncate, file);
        if (answer == DiskAnswer.Done)
        {
            Note(new DiskOperation.Truncated(file, size));
        }

        return answer;
    }

    internal DiskAnswer OnSync(string file)
    {
        var answer = Fault(DiskCall.Sync, file);
        if (answer == DiskAnswer.Done && file != LiesAbout)
        {
            Note(new DiskOperation.Synced(file));
        }

        return answer;
    }

    internal void Deleted(string file, bool syncsFolder) => Note(new DiskOperation.Deleted(file, syncsFolder));

    public void Dispose() => TestVfs.Forget(this);

    private void SeeMark()
    {
        var changed = new List<(int Slot, byte[] Bytes)>();
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var bytes = UnlockedFile.Read(Path.Combine(Folder, Mark), (long)slot * SlotLength, SlotLength);
            if (bytes.Length > 0 && !bytes.AsSpan().SequenceEqual(slots[slot]))
            {
                slots[slot] = bytes;
                changed.Add((slot, bytes));
            }
        }

        // Both have changed when a new mark was made: the one with the lower sequence number came first.
        foreach (
            var (slot, bytes) in changed.OrderBy(one => Convert.ToHexString(one.Bytes, 8, 8), StringComparer.Ordinal)
        )
        {
            operations.Add(new DiskOperation.Written(Mark, (long)slot * SlotLength, bytes));
            if (Mark != LiesAbout)
            {
                operations.Add(new DiskOperation.Synced(Mark));
            }
        }
    }
}
