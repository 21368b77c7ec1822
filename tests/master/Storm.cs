using ClusterRas.Fabric;
using ClusterRas.Protocol;
using static ClusterRas.Master.Tests.Samples;

namespace ClusterRas.Master.Tests;

/// <summary>An endless story of writes by seed, the same in the process that is killed and in the one that looks at
/// what it left. Keeps what a disk must hold after each write.</summary>
internal sealed class Storm(ulong seed)
{
    private readonly Prng prng = new(seed);
    private readonly List<Entry> entries = [];
    private readonly List<StoredReport> outbox = [];
    private HardState hardState = new(default, default, null);
    private Snapshot? snapshot;
    private long committed;

    /// <summary>Number of the last write; its ticket too.</summary>
    public long Number { get; private set; }

    private long Last => entries.Count > 0 ? entries[^1].Index.Value : snapshot?.LastIndex.Value ?? 0;

    /// <summary>The next write, and what is committed after it.</summary>
    public (DiskWrite Write, Effect.Committed? Committed) Next()
    {
        Number++;
        var write = DiskWrite.Nothing;
        if (prng.Chance(1, 10))
        {
            var term = new Term(hardState.Term.Value + 1);
            Voter? vote = prng.Chance(1, 2)
                ? new Voter(new NodeId((int)prng.Below(5)), new DiskId(prng.NextWide()))
                : null;
            hardState = new HardState(Cluster, term, vote)
            {
                RetiredBy = hardState.RetiredBy == 0 && prng.Chance(1, 20) ? 1 : hardState.RetiredBy,
            };
            write = write with { HardState = hardState };
        }

        if (prng.Chance(1, 10) && Last > committed)
        {
            var from = new LogIndex(committed + 1 + prng.Below(Last - committed));
            entries.RemoveAll(entry => entry.Index.Value >= from.Value);
            write = write with { TruncateFrom = from };
        }

        var append = new List<Entry>();
        for (var count = prng.Below(8); count > 0; count--)
        {
            append.Add(Bulk(Last + 1, hardState.Term.Value, $"w{Number}-{count}", (int)prng.Below(1500)));
            entries.Add(append[^1]);
        }

        write = write with { Append = [.. append] };
        if (prng.Chance(1, 40) && committed > (snapshot?.LastIndex.Value ?? 0))
        {
            write = write with { Snapshot = Compact() };
        }

        write = Outbox(write);
        return (write, Commit());
    }

    /// <summary>What a disk that has done everything so far gives back.</summary>
    public StoredState State(DiskId disk, LogIndex commitIndex) =>
        new(disk, hardState, snapshot, [.. entries], [.. outbox], commitIndex);

    private Snapshot Compact()
    {
        var term = entries.First(entry => entry.Index.Value == committed).Term;
        IEnumerable<Entry> old = snapshot is null ? [] : snapshot.Entries;
        var kept = old.Concat(entries.Where(entry => entry.Index.Value <= committed)).Where(_ => prng.Chance(1, 4));
        snapshot = new Snapshot(new(committed), term, [.. kept]);
        entries.RemoveAll(entry => entry.Index.Value <= committed);
        return snapshot;
    }

    private DiskWrite Outbox(DiskWrite write)
    {
        if (prng.Chance(1, 5))
        {
            var report = Report((ulong)prng.Below(20), Number);
            var place = outbox.FindIndex(known => known.Report.Id == report.Report.Id);
            if (place >= 0)
            {
                outbox[place] = report;
            }
            else
            {
                outbox.Add(report);
            }

            write = write with { OutboxPut = [report] };
        }

        if (prng.Chance(1, 10) && outbox.Count > 0)
        {
            var answered = outbox[(int)prng.Below(outbox.Count)].Report.Id;
            outbox.RemoveAll(known => known.Report.Id == answered);
            write = write with { OutboxDrop = [answered] };
        }

        return write;
    }

    private Effect.Committed? Commit()
    {
        if (!prng.Chance(1, 3) || Last == committed)
        {
            return null;
        }

        var upTo = committed + 1 + prng.Below(Last - committed);
        Entry[] fresh = [.. entries.Where(entry => entry.Index.Value > committed && entry.Index.Value <= upTo)];
        committed = upTo;
        return Committed(fresh);
    }
}
