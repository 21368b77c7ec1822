using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>One node's ledger: everything that the protocol must find again after a crash, and the incident
/// tables.</summary>
/// <remarks>One thread puts all that waits into one transaction and one fsync (group commit), in the order in which it
/// came. Nothing that enqueues ever waits; reading goes over a connection of its own and is served while the disk takes
/// no writes. What happens when it does not: docs/adr/0005-full-disk-and-failed-fsync.md.</remarks>
public sealed class Ledger : IDisposable
{
    private readonly object gate = new();
    private readonly LedgerOptions options;
    private readonly LedgerWriter writer;
    private readonly MarkFile marks;
    private readonly Queue<LedgerWork> waiting = new();
    private readonly List<LedgerWork> group = [];
    private Thread? thread;
    private Ticket newest = new(long.MinValue);
    private int queued;
    private int durableWaiting;
    private bool closing;
    private bool failed;

    internal Ledger(LedgerOptions options, LedgerWriter writer, LedgerReader reader, MarkFile marks)
    {
        this.options = options;
        this.writer = writer;
        this.marks = marks;
        Reader = reader;
    }

    /// <summary>The incident tables, for the console and <c>rasctl</c>.</summary>
    public LedgerReader Reader { get; }

    /// <summary>Opens the ledger in the folder, or makes one. One that fails a check (B5) is set aside, never
    /// deleted.</summary>
    /// <exception cref="LedgerException">No SQLite on this system, another <c>rasd</c> has the ledger, the disk is
    /// full, read-only or unreadable, or the ledger is of another version. Nothing was lost.</exception>
    public static LedgerOpening Open(LedgerOptions options, LedgerCodec codec) =>
        new LedgerOpener(options, codec).Open();

    /// <summary>The tag of this boot's life: the stored one for the boot that is stored, else the next, 1 to 999 and 1
    /// again. It is fsynced before it is returned. To be called before <see cref="Start"/>.</summary>
    /// <exception cref="LedgerException">The disk did not take it; the process cannot go on without a life.</exception>
    public int NextTag(BootId boot)
    {
        if (thread is not null)
        {
            throw new InvalidOperationException("The tag is taken before the ledger is started.");
        }

        var at = writer.At;
        if (at.Tag != 0 && at.Boot == boot)
        {
            return at.Tag;
        }

        var next = at with { Boot = boot, Tag = TagAfter(at.Tag), Writes = at.Writes + 1 };
        try
        {
            writer.Take(next);
        }
        catch (Exception trouble) when (trouble is not LedgerException)
        {
            throw new LedgerException($"The tag of this boot cannot be written. {trouble.Message}", trouble);
        }

        return next.Tag;
    }

    /// <summary>1 to 999, then 1 again; 0 is nobody's.</summary>
    internal static int TagAfter(int tag) => (tag % Life.TagMax) + 1;

    /// <summary>Starts writing; once.</summary>
    public void Start(LedgerSignals listener)
    {
        if (thread is not null)
        {
            throw new InvalidOperationException("The ledger is started already.");
        }

        thread = new Thread(() => Run(listener)) { Name = "ledger", IsBackground = true };
        thread.Start();
    }

    /// <summary>In place of <see cref="Start"/>, for programs that have one thread for everything: writes what waits now, on the caller's
    /// thread, in one transaction as far as it may hold it. Waits for the disk, and for nothing else while the disk takes writes.</summary>
    /// <returns>False: nothing was waiting, or the ledger has failed, as the listener was told.</returns>
    internal bool WriteWaiting(LedgerSignals listener)
    {
        if (thread is not null)
        {
            throw new InvalidOperationException("The ledger is started and has a thread of its own.");
        }

        lock (gate)
        {
            EndGroup();
            FillGroup();
        }

        return group.Count > 0 && WriteGroup(listener);
    }

    /// <summary>To disk, after everything before it; answered by <see cref="LedgerSignals.Persisted"/>. A write that
    /// only drops words from the outbox has no fsync and no answer of its own: the next one's is its too.</summary>
    /// <returns>False: it is not taken, since the queue is full or the ledger has failed or is closing. The process
    /// must end then: what came later may not be written without this.</returns>
    public bool Enqueue(Ticket ticket, DiskWrite write)
    {
        lock (gate)
        {
            if (ticket.CompareTo(newest) <= 0)
            {
                throw new ArgumentException($"Ticket {ticket} came after {newest}.", nameof(ticket));
            }

            newest = ticket;
            return Enqueue(new LedgerWork.Write(ticket, write));
        }
    }

    /// <summary>Into the incident tables, seen by readers within about 50 ms; has no fsync of its own. Entries that
    /// were shown before are skipped.</summary>
    /// <returns>As <see cref="Enqueue(Ticket, DiskWrite)"/>.</returns>
    public bool Enqueue(Effect.Committed committed) => Enqueue(new LedgerWork.Committed(committed.Entries));

    /// <summary>The incident tables catch up with the snapshot; rows that it no longer tells about stay as
    /// history.</summary>
    /// <returns>As <see cref="Enqueue(Ticket, DiskWrite)"/>.</returns>
    public bool Enqueue(Effect.Restored restored) => Enqueue(new LedgerWork.Restored(restored.Snapshot));

    /// <summary>Writes what waits, unless the disk takes no writes, and closes. What was not told as persisted may be
    /// lost.</summary>
    public void Dispose() => Close(tidies: true);

    /// <summary>Closes as a crash does: what waits is not written by this call, and the write-ahead log stays as it is.</summary>
    internal void Abandon()
    {
        lock (gate)
        {
            waiting.Clear();
        }

        Close(tidies: false);
    }

    private void Close(bool tidies)
    {
        lock (gate)
        {
            closing = true;
            Monitor.PulseAll(gate);
        }

        thread?.Join();
        if (tidies && !failed)
        {
            writer.CheckpointAll();
        }

        Reader.Dispose();
        writer.Dispose();
        marks.Dispose();
    }

    private bool Enqueue(LedgerWork work)
    {
        lock (gate)
        {
            if (failed || closing || (queued > 0 && queued + work.Weight > options.QueuedMax))
            {
                return false;
            }

            queued += work.Weight;
            durableWaiting += work.IsDurable ? 1 : 0;
            waiting.Enqueue(work);
            Monitor.PulseAll(gate);
            return true;
        }
    }

    private void Run(LedgerSignals listener)
    {
        while (TakeGroup())
        {
            if (!WriteGroup(listener))
            {
                return;
            }
        }
    }

    /// <summary>Waits for work and takes as much as one transaction may hold.</summary>
    /// <returns>False: closing, and nothing is left.</returns>
    private bool TakeGroup()
    {
        lock (gate)
        {
            EndGroup();
            while (waiting.Count == 0 && !closing)
            {
                Monitor.Wait(gate);
            }

            // Only what needs no fsync of its own: a durable write that comes soon takes it along.
            WaitUntil(options.ShowWithin, () => durableWaiting > 0);

            FillGroup();
            return group.Count > 0;
        }
    }

    private void EndGroup()
    {
        queued -= group.Sum(work => work.Weight);
        group.Clear();
    }

    private void FillGroup()
    {
        var weight = 0;
        while (waiting.TryPeek(out var next) && (group.Count == 0 || weight + next.Weight <= options.GroupMax))
        {
            group.Add(waiting.Dequeue());
            weight += next.Weight;
            durableWaiting -= next.IsDurable ? 1 : 0;
        }
    }

    /// <summary>Tries until the group is written.</summary>
    /// <returns>False: failed, or closing while the disk takes no writes.</returns>
    private bool WriteGroup(LedgerSignals listener)
    {
        var last = group.Exists(work => work.IsDurable) ? group.OfType<LedgerWork.Write>().Last() : null;
        string? stalledFor = null;
        while (true)
        {
            try
            {
                if (writer.Commit(group))
                {
                    // Told before it is marked, as nobody waits for the mark: it may be one write behind (B5).
                    Tell();
                }

                writer.Mark();
                if (stalledFor is not null)
                {
                    Tell();
                }

                writer.CheckpointIfDue();
                return true;
            }
            catch (Exception trouble) when (WriteTrouble.IsPassing(trouble))
            {
                if (trouble.Message != stalledFor)
                {
                    stalledFor = trouble.Message;
                    listener.Stalled(stalledFor);
                }
            }
            catch (Exception trouble)
            {
                // Whatever else it was, it is not known what is on disk: nothing may be written any more.
                lock (gate)
                {
                    failed = true;
                }

                listener.Failed(trouble.Message);
                return false;
            }

            lock (gate)
            {
                if (WaitUntil(options.RetryEvery, () => closing))
                {
                    return false;
                }
            }
        }

        void Tell()
        {
            stalledFor = null;
            if (last is not null)
            {
                listener.Persisted(last.Ticket);
            }
        }
    }

    /// <summary>Holding the gate: waits for the condition, for closing, or for the time to pass.</summary>
    /// <returns>Whether the condition holds.</returns>
    private bool WaitUntil(TimeSpan atMost, Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition() && !closing)
        {
            var left = atMost - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            Monitor.Wait(gate, left);
        }

        return condition();
    }
}
