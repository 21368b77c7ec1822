using System.Collections.Immutable;

namespace ClusterRas.Protocol;

/// <summary>The log in memory: a snapshot, the entries after it, and the control group as of the newest entry (G1).</summary>
internal sealed class RaftLog
{
    private readonly List<Entry> entries = [];
    private readonly List<(LogIndex From, EquatableArray<Voter> Voters)> groups = [];

    public RaftLog(StoredState stored)
    {
        Snapshot = stored.Snapshot;
        foreach (var entry in stored.Snapshot?.Entries ?? [])
        {
            NoteGroup(entry);
        }

        foreach (var entry in stored.Entries)
        {
            Append(entry);
        }
    }

    /// <summary>What stands for the entries that are gone; null: none are gone.</summary>
    public Snapshot? Snapshot { get; private set; }

    public LogIndex SnapshotIndex => Snapshot?.LastIndex ?? default;

    public LogIndex LastIndex => new(SnapshotIndex.Value + entries.Count);

    public Term LastTerm => entries.Count > 0 ? entries[^1].Term : Snapshot?.LastTerm ?? default;

    /// <summary>Entries in memory after the snapshot.</summary>
    public int Count => entries.Count;

    public bool IsEmpty => LastIndex.Value == 0;

    /// <summary>The voters as of the newest entry, by seat; empty: no cluster yet.</summary>
    public EquatableArray<Voter> Voters => groups.Count > 0 ? groups[^1].Voters : [];

    /// <summary>The entry that the present group stands in; 0: no cluster yet.</summary>
    public LogIndex GroupFrom => groups.Count > 0 ? groups[^1].From : default;

    /// <summary>The groups that were appended, oldest first, as far as the log still tells.</summary>
    public IReadOnlyList<(LogIndex From, EquatableArray<Voter> Voters)> Groups => groups;

    /// <summary>The recoveries that were appended, oldest first.</summary>
    public EquatableArray<RecoveryMark> Recoveries { get; private set; }

    /// <summary>Of the newest recovery; 0: there was none.</summary>
    public long Epoch => Recoveries.Count > 0 ? Recoveries[^1].Epoch : 0;

    public Entry this[LogIndex index] => entries[(int)(index.Value - SnapshotIndex.Value - 1)];

    /// <summary>The term at an index; null: before the snapshot's end or after the last entry.</summary>
    public Term? TermAt(LogIndex index)
    {
        if (index.Value == 0)
        {
            return default(Term);
        }

        if (index == SnapshotIndex)
        {
            return Snapshot!.LastTerm;
        }

        return index.Value < SnapshotIndex.Value || index.Value > LastIndex.Value ? null : this[index].Term;
    }

    public void Append(Entry entry)
    {
        if (entry.Index != LastIndex.Next)
        {
            throw new InvalidOperationException($"log gap: entry {entry.Index} after {LastIndex}");
        }

        if (entry.Payload is EntryPayload.GroupChanged change && !change.IsOneStepFrom(Voters))
        {
            // Two at once can give two groups whose majorities do not meet (G1).
            throw new InvalidOperationException($"entry {entry.Index} changes more than one seat");
        }

        if (
            entry.Payload is EntryPayload.Recovered recovered
            && (recovered.Epoch != Epoch + 1 || recovered.BaseTerm != LastTerm)
        )
        {
            throw new InvalidOperationException(
                $"recovery {recovered.Epoch} of entry {entry.Index} is not based on this log"
            );
        }

        entries.Add(entry);
        NoteGroup(entry);
    }

    /// <summary>The group as of an index.</summary>
    public EquatableArray<Voter> VotersAt(LogIndex index)
    {
        for (var at = groups.Count - 1; at >= 0; at--)
        {
            if (groups[at].From.CompareTo(index) <= 0)
            {
                return groups[at].Voters;
            }
        }

        return [];
    }

    /// <summary>Drops this index and all after it.</summary>
    public void TruncateFrom(LogIndex index)
    {
        var keep = (int)(index.Value - SnapshotIndex.Value - 1);
        entries.RemoveRange(keep, entries.Count - keep);
        while (groups.Count > 0 && groups[^1].From.CompareTo(index) >= 0)
        {
            groups.RemoveAt(groups.Count - 1);
        }

        Recoveries = new([.. Recoveries.Where(mark => mark.BaseIndex.Next.CompareTo(index) < 0)]);
    }

    /// <summary>At most <paramref name="max"/> entries from an index on.</summary>
    public EquatableArray<Entry> Slice(LogIndex from, int max)
    {
        var start = (int)(from.Value - SnapshotIndex.Value - 1);
        var count = Math.Min(max, entries.Count - start);
        return count <= 0 ? [] : new([.. entries.GetRange(start, count)]);
    }

    /// <summary>Everything known up to an index: what the snapshot holds and the entries after it.</summary>
    public IEnumerable<Entry> UpTo(LogIndex last) =>
        (Snapshot?.Entries ?? []).Concat(entries.TakeWhile(entry => entry.Index.CompareTo(last) <= 0));

    /// <summary>Replaces all up to the snapshot's last index; entries after it stay if they fit on it.</summary>
    public void Install(Snapshot snapshot)
    {
        var fits = TermAt(snapshot.LastIndex) == snapshot.LastTerm;
        if (fits)
        {
            entries.RemoveRange(0, (int)(snapshot.LastIndex.Value - SnapshotIndex.Value));
        }
        else
        {
            entries.Clear();
        }

        Snapshot = snapshot;
        groups.Clear();
        Recoveries = [];
        foreach (var entry in snapshot.Entries.Concat(entries))
        {
            NoteGroup(entry);
        }
    }

    private void NoteGroup(Entry entry)
    {
        if (entry.Payload is EntryPayload.Founded founded)
        {
            groups.Add((entry.Index, founded.Voters));
        }
        else if (entry.Payload is EntryPayload.GroupChanged changed)
        {
            groups.Add((entry.Index, changed.Voters));
        }
        else if (entry.Payload is EntryPayload.Recovered recovered)
        {
            groups.Add((entry.Index, [recovered.Survivor]));
            Recoveries = new([.. Recoveries, RecoveryMark.Of(entry.Index, recovered)]);
        }
    }
}
