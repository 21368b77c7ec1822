using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>How widely a message goes.</summary>
internal enum Spread
{
    /// <summary>The best link of the peer.</summary>
    One,

    /// <summary>Every link that is up, and one hop through others where none is.</summary>
    All,
}

/// <summary>Where the machines of one node put what is to be done in the present step.</summary>
/// <remarks>All writes of a step become one <see cref="Effect.Persist"/>; what depends on it waits for its ticket.</remarks>
internal sealed class Outlet(LinkTable links)
{
    private readonly Queue<(Ticket After, Action Do)> gated = new();
    private readonly List<Entry> appended = [];
    private readonly List<StoredReport> outboxPut = [];
    private readonly List<ReportId> outboxDrop = [];
    private readonly List<Effect> behindWrite = [];
    private List<Effect> effects = [];
    private HardState? hardState;
    private LogIndex? truncateFrom;
    private Snapshot? snapshot;
    private Ticket issued;

    /// <summary>The instant of the present step.</summary>
    public Instant Now { get; private set; }

    /// <summary>This node's lineage, which every frame carries; set by the node machine.</summary>
    public Func<Lineage> Lineage { get; set; } = static () => default;

    /// <summary>Everything up to here is on disk.</summary>
    public Ticket Persisted { get; private set; }

    /// <summary>The ticket of the present step's write, if there is one by its end; else the last one's.</summary>
    public Ticket Latest => HasWrite ? new Ticket(issued.Value + 1) : issued;

    private bool HasWrite =>
        hardState is not null
        || truncateFrom is not null
        || snapshot is not null
        || appended.Count > 0
        || outboxPut.Count > 0
        || outboxDrop.Count > 0;

    public void Begin(Instant now, List<Effect> into)
    {
        Now = now;
        effects = into;
    }

    /// <summary>Puts the step's write, if any, before nothing and after everything that does not depend on it.</summary>
    public void End()
    {
        if (HasWrite)
        {
            issued = new Ticket(issued.Value + 1);
            effects.Add(
                new Effect.Persist(
                    issued,
                    new DiskWrite(
                        hardState,
                        truncateFrom,
                        new([.. appended]),
                        snapshot,
                        new([.. outboxPut]),
                        new([.. outboxDrop])
                    )
                )
            );
            hardState = null;
            truncateFrom = null;
            snapshot = null;
            appended.Clear();
            outboxPut.Clear();
            outboxDrop.Clear();
        }

        effects.AddRange(behindWrite);
        behindWrite.Clear();
        links.Flush(Now, this);
    }

    public void Emit(Effect effect) => effects.Add(effect);

    /// <summary>Behind the write of this step: what the ledger calls committed must be in its log by then, or a crash in
    /// between leaves it with the entries that stood there before, and they would be taken for committed.</summary>
    public void EmitAfterWrite(Effect effect) => behindWrite.Add(effect);

    public void Note(Fact fact) => effects.Add(new Effect.Note(fact));

    public void Send(NodeId to, Message message, Spread spread = Spread.One) =>
        links.Send(Now, to, message, spread, this);

    /// <summary>Runs once everything written so far, this step's write included, is on disk; at once if it is.</summary>
    public void AfterWrites(Ticket after, Action then)
    {
        if (after.CompareTo(Persisted) <= 0)
        {
            then();
        }
        else
        {
            gated.Enqueue((after, then));
        }
    }

    public void OnPersisted(Ticket ticket)
    {
        if (ticket.CompareTo(Persisted) > 0)
        {
            Persisted = ticket;
        }

        while (gated.TryPeek(out var first) && first.After.CompareTo(Persisted) <= 0)
        {
            gated.Dequeue().Do();
        }
    }

    public void WriteHardState(HardState state) => hardState = state;

    public void WriteAppend(Entry entry) => appended.Add(entry);

    public void WriteTruncate(LogIndex from)
    {
        appended.RemoveAll(entry => entry.Index.CompareTo(from) >= 0);
        truncateFrom = truncateFrom is { } earlier && earlier.CompareTo(from) < 0 ? earlier : from;
    }

    public void WriteSnapshot(Snapshot whole) => snapshot = whole;

    public void WriteOutbox(StoredReport report) => outboxPut.Add(report);

    public void DropFromOutbox(ReportId report) => outboxDrop.Add(report);
}
