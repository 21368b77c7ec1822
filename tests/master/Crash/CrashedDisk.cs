using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>Plays what happened to a disk, and says what may be on it if the power goes at this very point.</summary>
/// <remarks>What was synced is there. Of the rest, each file system does as it likes: nothing of it, all of it, or any part, torn at
/// sectors and in any order.</remarks>
/// <param name="before">What was on it to begin with; null: nothing.</param>
internal sealed class CrashedDisk(SortedDictionary<string, FileContent>? before = null)
{
    private const int SectorLength = 512;

    private readonly SortedDictionary<string, FileContent> durable = before is null
        ? new(StringComparer.Ordinal)
        : Copy(before);
    private readonly List<DiskOperation> pending = [];

    /// <summary>This has happened, too.</summary>
    public void Play(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.Written or DiskOperation.Truncated or DiskOperation.Deleted { SyncsFolder: false }:
                pending.Add(operation);
                break;
            case DiskOperation.Deleted deleted:
                pending.RemoveAll(waiting => FileOf(waiting) == deleted.File);
                durable.Remove(deleted.File);
                break;
            case DiskOperation.Synced synced:
                foreach (var waiting in pending.Where(waiting => FileOf(waiting) == synced.File))
                {
                    Apply(durable, waiting, keepsSector: null);
                }

                pending.RemoveAll(waiting => FileOf(waiting) == synced.File);
                break;
            case DiskOperation.Opened:
                foreach (var deleted in pending.OfType<DiskOperation.Deleted>())
                {
                    durable.Remove(deleted.File);
                }

                pending.RemoveAll(waiting => waiting is DiskOperation.Deleted);
                break;
        }
    }

    /// <summary>Nothing that was not synced is there.</summary>
    public SortedDictionary<string, FileContent> Least() => Copy(durable);

    /// <summary>All is there, as after a mere kill.</summary>
    public SortedDictionary<string, FileContent> Most() => With(pending, _ => null);

    /// <summary>Some is there: each call wholly, torn or not, and in any order.</summary>
    public SortedDictionary<string, FileContent> Some(Prng chance)
    {
        // Half of the time only a few are lost: an image that lacks nearly all is much like the least.
        var lost = chance.Chance(1, 2) ? 50 : 10;
        var kept = pending.Where(_ => !chance.Chance(lost, 100)).ToArray();
        if (chance.Chance(1, 2))
        {
            for (var i = kept.Length - 1; i > 0; i--)
            {
                var other = (int)chance.Below(i + 1);
                (kept[i], kept[other]) = (kept[other], kept[i]);
            }
        }

        return With(
            kept,
            operation => operation is DiskOperation.Written && chance.Chance(1, 4) ? () => chance.Chance(1, 2) : null
        );
    }

    private SortedDictionary<string, FileContent> With(
        IEnumerable<DiskOperation> kept,
        Func<DiskOperation, Func<bool>?> keepsSector
    )
    {
        var files = Copy(durable);
        foreach (var operation in kept)
        {
            Apply(files, operation, keepsSector(operation));
        }

        return files;
    }

    private static SortedDictionary<string, FileContent> Copy(SortedDictionary<string, FileContent> files) =>
        new(files.ToDictionary(file => file.Key, file => file.Value.Copy()), StringComparer.Ordinal);

    private static void Apply(
        SortedDictionary<string, FileContent> files,
        DiskOperation operation,
        Func<bool>? keepsSector
    )
    {
        switch (operation)
        {
            case DiskOperation.Written written:
                Write(FileIn(files, written.File), written, keepsSector);
                break;
            case DiskOperation.Truncated truncated:
                FileIn(files, truncated.File).Length = (int)truncated.Size;
                break;
            case DiskOperation.Deleted deleted:
                files.Remove(deleted.File);
                break;
        }
    }

    private static void Write(FileContent file, DiskOperation.Written written, Func<bool>? keepsSector)
    {
        for (var from = 0; from < written.Bytes.Length; )
        {
            var sectorEnd = SectorLength - (int)((written.Offset + from) % SectorLength);
            var count = Math.Min(sectorEnd, written.Bytes.Length - from);
            if (keepsSector is null || keepsSector())
            {
                file.Write((int)written.Offset + from, written.Bytes.AsSpan(from, count));
            }

            from += count;
        }
    }

    private static FileContent FileIn(SortedDictionary<string, FileContent> files, string name)
    {
        if (!files.TryGetValue(name, out var file))
        {
            files.Add(name, file = new FileContent());
        }

        return file;
    }

    private static string FileOf(DiskOperation operation) =>
        operation switch
        {
            DiskOperation.Written written => written.File,
            DiskOperation.Truncated truncated => truncated.File,
            DiskOperation.Deleted deleted => deleted.File,
            _ => "",
        };
}

/// <summary>The bytes of one file; what was never written is zero.</summary>
internal sealed class FileContent
{
    private byte[] bytes = [];
    private int length;

    public int Length
    {
        get => length;
        set
        {
            Reserve(value);
            if (value < length)
            {
                bytes.AsSpan(value, length - value).Clear();
            }

            length = value;
        }
    }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public void Write(int offset, ReadOnlySpan<byte> part)
    {
        Length = Math.Max(length, offset + part.Length);
        part.CopyTo(bytes.AsSpan(offset));
    }

    public FileContent Copy() => new() { bytes = Bytes.ToArray(), length = length };

    private void Reserve(int size)
    {
        if (size > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(size, bytes.Length * 2));
        }
    }
}
