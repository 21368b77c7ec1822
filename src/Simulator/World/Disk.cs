using ClusterRas.Master;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>A disk in time: writes wait, are fsynced in groups and in order, and may be lost in a crash.</summary>
/// <remarks>In some lives the product's own ledger does all of it as well: it tells what is persisted, and what a process starts on comes from its
/// files and must be what the model holds.</remarks>
internal sealed class Disk(Cluster cluster, Host host, DiskId id, Prng chance)
{
    private readonly RealLedger? ledger = cluster.NewLedger(host.Node);
    private readonly List<Work> waiting = [];
    private List<Work> inFlight = [];
    private LogIndex commitSeen;
    private int writer;
    private Action? duringNextWrite;

    public DiskImage Image { get; private set; } = new(id);

    /// <summary>The real ledger that the running process has; only in a life that has such.</summary>
    public Ledger RealLedger => ledger?.Open ?? throw new InvalidOperationException("This life has no real ledgers.");

    /// <summary>Of a slow disk, per fsync; zero: sound.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>Takes no writes until this time.</summary>
    public TimeSpan StalledUntil { get; set; }

    /// <summary>Queues a write, after all earlier ones.</summary>
    public void Write(Ticket ticket, DiskWrite write)
    {
        MustTake(ledger?.Open.Enqueue(ticket, write));
        Follow(ticket, write);
    }

    /// <summary>As <see cref="Write"/>; the real ledger was given it by the product's own runner.</summary>
    public void Follow(Ticket ticket, DiskWrite write)
    {
        waiting.Add(new Work(ticket, write, null));
        if (StalledUntil > cluster.Now)
        {
            var process = host.Process;
            cluster.Agenda.After(TimeSpan.FromMilliseconds(1), () => process?.Give(new Input.StorageStalled("full")));
        }

        if (inFlight.Count == 0)
        {
            Begin();
        }
    }

    /// <summary>The ledger writes what is committed in the same queue, with the next fsync; only a lower bound is ever read back.</summary>
    public void Show(Effect.Committed committed)
    {
        MustTake(ledger?.Open.Enqueue(committed));
        Follow(committed);
    }

    /// <summary>As for entries; the model keeps no tables.</summary>
    public void Show(Effect.Restored restored) => MustTake(ledger?.Open.Enqueue(restored));

    /// <summary>As <see cref="Show(Effect.Committed)"/>; the real ledger was given it by the product's own runner.</summary>
    public void Follow(Effect.Committed committed)
    {
        waiting.Add(new Work(null, null, committed.CommitIndex));
        if (inFlight.Count == 0 && waiting.Count == 1)
        {
            // Nothing that it stands on waits: the page cache has it at once, and no fsync is made for it.
            Apply(waiting[0]);
            waiting.Clear();
        }
    }

    /// <summary>The writer is gone: of all that was not fsynced any first part may be there.</summary>
    public void LoseWriter()
    {
        var unsynced = inFlight.Concat(waiting).ToArray();
        var survives = (int)chance.Below(unsynced.Length + 1);
        if (ledger is not null)
        {
            // One transaction: all of it or nothing.
            survives = survives > unsynced.Length / 2 ? unsynced.Length : 0;
            _ = survives > 0 ? WriteLedger() : [];
            ledger.Crash();
        }

        for (var i = 0; i < survives; i++)
        {
            Apply(unsynced[i]);
        }

        inFlight = [];
        waiting.Clear();
        writer++;
    }

    /// <summary>Another, empty disk stands in its place; nothing runs on it.</summary>
    public void Replace()
    {
        Image = new DiskImage(new DiskId(chance.NextWide()));
        commitSeen = default;
        ledger?.Replace();
    }

    /// <summary>Happens while the next write is under way, and at the latest after <paramref name="within"/>.</summary>
    public void DuringNextWrite(TimeSpan within, Action happen)
    {
        duringNextWrite = happen;
        cluster.Agenda.After(
            within,
            () =>
            {
                if (ReferenceEquals(duringNextWrite, happen))
                {
                    duringNextWrite = null;
                    happen();
                }
            }
        );
    }

    /// <summary>What a process that starts now is given.</summary>
    public StoredState Read()
    {
        var stored = DiskBytes.Reread(Image.Read(new LogIndex(chance.Below(commitSeen.Value + 1))));
        if (ledger is null)
        {
            return stored;
        }

        var opening = ledger.Start(Image.Disk);
        if (opening.State with { CommitIndex = default } != stored with { CommitIndex = default })
        {
            cluster.See(
                new Sighting.Broke(
                    cluster.Now,
                    host.Node,
                    $"the ledger opens {opening.Condition} ({opening.Reason}) with {opening.State}, and {stored} was written"
                )
            );
        }

        return opening.State;
    }

    private void Begin()
    {
        (inFlight, var earlier) = ([.. waiting], writer);
        waiting.Clear();
        var start = StalledUntil > cluster.Now ? StalledUntil : cluster.Now;
        var takes = DrawLatency();
        cluster.Agenda.At(start + takes, () => Finish(earlier));
        if (duringNextWrite is { } happen)
        {
            duringNextWrite = null;
            cluster.Agenda.At(start + chance.Below(takes), happen);
        }
    }

    private TimeSpan DrawLatency()
    {
        if (Slowness > TimeSpan.Zero)
        {
            return Slowness + chance.Below(Slowness);
        }

        return TimeSpan.FromMicroseconds(100) + chance.Below(cluster.Plan.FsyncMax);
    }

    private void Finish(int startedBy)
    {
        if (startedBy != writer)
        {
            return;
        }

        var done = inFlight;
        inFlight = [];
        if (ledger is not null)
        {
            done.AddRange(waiting);
            waiting.Clear();
        }

        foreach (var work in done)
        {
            Apply(work);
        }

        if (ledger is not null)
        {
            foreach (var ticket in WriteLedger())
            {
                host.Process?.Give(new Input.Persisted(ticket));
            }
        }
        else
        {
            Tell(done);
        }

        if (waiting.Count > 0 && inFlight.Count == 0 && startedBy == writer)
        {
            Begin();
        }
    }

    private void Tell(List<Work> done)
    {
        // A runner that writes in groups may tell the last ticket only: it stands for all before it.
        var onlyLast = chance.Chance(1, 2);
        var tickets = done.Where(work => work.Ticket is not null).Select(work => work.Ticket!.Value).ToArray();
        for (var i = onlyLast ? Math.Max(0, tickets.Length - 1) : 0; i < tickets.Length; i++)
        {
            host.Process?.Give(new Input.Persisted(tickets[i]));
        }
    }

    private List<Ticket> WriteLedger()
    {
        string? failed = null;
        var told = ledger?.Write(out failed) ?? [];
        if (failed is not null)
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, $"the ledger has failed: {failed}"));
        }

        return told;
    }

    private void MustTake(bool? isTaken)
    {
        if (isTaken == false)
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, "the ledger takes no more"));
        }
    }

    private void Apply(Work work)
    {
        commitSeen = work.Committed ?? commitSeen;
        if (work.Write is not { } write)
        {
            return;
        }

        var problem = Image.Apply(write);
        cluster.See(new Sighting.Stored(cluster.Now, host.Node, write));
        if (problem is not null)
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, "the disk write " + problem));
        }
    }

    /// <summary>What the ledger has to do: a write with its ticket, or a commit index that it is told.</summary>
    private readonly record struct Work(Ticket? Ticket, DiskWrite? Write, LogIndex? Committed);
}
