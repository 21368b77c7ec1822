using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>Opens whatever a crash may have left, at each point of a story, with the real ledger.</summary>
/// <param name="seed">Of the story, and of what is lost.</param>
/// <param name="disk">The disk that the story began with.</param>
internal sealed class CrashCheck(ulong seed, DiskId disk)
{
    private const int PartialImagesPerPoint = 3;
    private const int AgainOneIn = 60;

    // In memory where there is such a folder: each image is opened with all its fsyncs.
    private static readonly string Place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly Prng chance = new(seed ^ 0x1A6E);
    private readonly Storm storm = new(seed);
    private readonly List<StoredState> states = [];
    private readonly HashSet<string> seen = [];
    private long told;
    private long found;
    private long enqueued;
    private int? tag;
    private bool opened;

    /// <summary>Crash images that were opened; equal ones count once.</summary>
    public int ImageCount { get; private set; }

    /// <summary>What was wrong, with the place in the story.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>Looks at every point, or at some and at the end; until the first finding.</summary>
    /// <param name="oneIn">At one point in so many.</param>
    public void Run(IReadOnlyList<DiskOperation> operations, int oneIn = 1)
    {
        var crashed = new CrashedDisk();
        for (var at = 0; at < operations.Count && Findings.Count == 0; at++)
        {
            crashed.Play(operations[at]);
            Hear(operations[at]);
            if (at < operations.Count - 1 && !chance.Chance(1, oneIn))
            {
                continue;
            }

            var here = string.Create(CultureInfo.InvariantCulture, $"after operation {at} ({operations[at]})");
            Open(crashed.Least(), here + ", nothing unsynced kept");
            Open(crashed.Most(), here + ", everything kept");
            for (var i = 0; i < PartialImagesPerPoint; i++)
            {
                Open(crashed.Some(chance), here + ", some kept");
            }
        }
    }

    private void Hear(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.Opened:
                opened = true;
                break;
            case DiskOperation.Tagged tagged:
                tag = tagged.Tag;
                break;
            case DiskOperation.Enqueued enqueuing:
                enqueued = enqueuing.Ticket;
                break;
            case DiskOperation.Told telling:
                told = telling.Ticket;
                break;
        }
    }

    private void Open(SortedDictionary<string, FileContent> image, string where, bool again = false)
    {
        if (!seen.Add(Name(image)))
        {
            return;
        }

        ImageCount++;
        var folder = Directory.CreateDirectory(Path.Combine(Place, $"crash-{Guid.NewGuid():n}"));
        try
        {
            foreach (var (name, content) in image)
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, name), content.Bytes);
            }

            using var watched =
                opened && !again && chance.Chance(1, AgainOneIn) ? new WatchedDisk(folder.FullName) : null;
            if (Judge(folder.FullName, watched) is { } wrong)
            {
                Findings.Add($"{where}: {wrong}");
            }
            else if (watched is not null)
            {
                OpenAgain(image, watched.Operations, where);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The power goes a second time, while the ledger is opened after the first.</summary>
    private void OpenAgain(
        SortedDictionary<string, FileContent> image,
        IReadOnlyList<DiskOperation> opening,
        string where
    )
    {
        var toldBefore = told;
        var crashed = new CrashedDisk(image);
        for (var at = 0; at < opening.Count; at++)
        {
            crashed.Play(opening[at]);
            Hear(opening[at]);
            var here = string.Create(CultureInfo.InvariantCulture, $"{where}; again after {at} ({opening[at]})");
            Open(crashed.Least(), here, again: true);
            Open(crashed.Most(), here, again: true);
            Open(crashed.Some(chance), here, again: true);
        }

        told = toldBefore;
    }

    private string? Judge(string folder, WatchedDisk? watched)
    {
        LedgerOpening opening;
        try
        {
            opening = Ledger.Open(CrashStory.OptionsFor(folder), WireCodec.Instance);
        }
        catch (LedgerException refusal)
        {
            return $"it does not open: {refusal.Message}";
        }

        using (opening.Ledger)
        {
            var wrong = Judge(opening);
            // What a process has been given it builds upon.
            watched?.Note(new DiskOperation.Told(found));
            return wrong;
        }
    }

    private string? Judge(LedgerOpening opening)
    {
        if (!opened)
        {
            // Nobody has been told of a disk yet, so another one may be made.
            return opening.State with { Disk = default } == StoredState.Empty(default) ? null : "it is not empty";
        }

        if (opening.Condition == LedgerCondition.TreatedAsWiped || opening.State.Disk != disk)
        {
            return $"{opening.Condition}, another disk: {opening.Reason}";
        }

        if (told > 0 && opening.Condition != LedgerCondition.Sound)
        {
            return $"{opening.Condition} after write {told} was told";
        }

        if (opening.State.CommitIndex.Value > LastIndex(opening.State))
        {
            return $"entry {opening.State.CommitIndex} is shown and the log ends at {LastIndex(opening.State)}";
        }

        // The boot of the story has its tag for ever.
        return tag is { } taken && opening.Ledger.NextTag(CrashStory.Boot) is var again && again != taken
            ? $"tag {taken} was taken and is now {again}"
            : JudgeWrites(opening.State with { CommitIndex = default });
    }

    private string? JudgeWrites(StoredState state)
    {
        for (var number = told; number <= enqueued; number++)
        {
            if (state == After(number))
            {
                found = number;
                return null;
            }
        }

        return $"it holds no state after any of the writes {told} (told) to {enqueued} (enqueued): "
            + $"term {state.HardState.Term}, {state.Entries.Count} entries up to {LastIndex(state)}";
    }

    private StoredState After(long number)
    {
        while (states.Count <= number)
        {
            if (states.Count > 0)
            {
                storm.Next();
            }

            states.Add(storm.State(disk, default));
        }

        return states[(int)number];
    }

    private static long LastIndex(StoredState state) =>
        state.Entries is { Count: > 0 } entries ? entries[^1].Index.Value : state.Snapshot?.LastIndex.Value ?? 0;

    // Equal images are alike for equal promises only.
    private string Name(SortedDictionary<string, FileContent> image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{opened} {tag} {told} {enqueued}"));
        foreach (var (name, content) in image)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($" {name} {content.Length} "));
            hash.AppendData(content.Bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
