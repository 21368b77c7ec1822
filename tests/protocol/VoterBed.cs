using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>One voter of three that hears nobody but whom the test has speak: what it answers, one frame at a time.</summary>
internal sealed class VoterBed
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);
    private ulong probe = 1_000_000;

    public VoterBed(ProtocolOptions? options = null)
    {
        Cluster = new MiniCluster(3, options: options);
        Cluster.RunUntil(() => Cluster.Running.All(node => Cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        Cluster.Run(0.5);
        Master = Cluster.Master;
        Self = (Master + 1) % 3;
        Other = (Master + 2) % 3;
        Cluster.Cut(Self, Master);
        Cluster.Cut(Self, Other);
        Cluster.Run(Moment.TotalSeconds);
        Term = Now.Term;
        Last = Cluster.Disks[Self].Entries[^1];
        Now.CommitIndex.ShouldBe(Last.Index);
        Cluster.Effects.Clear();
    }

    public MiniCluster Cluster { get; }

    public int Self { get; }

    public int Master { get; }

    public int Other { get; }

    /// <summary>The term at the beginning.</summary>
    public Term Term { get; }

    /// <summary>The newest entry at the beginning; it is committed.</summary>
    public Entry Last { get; }

    public NodeStatus Now => Cluster.Status(Self);

    public MiniDisk Disk => Cluster.Disks[Self];

    public Term Later(int terms = 1) => new(Term.Value + terms);

    public LogIndex Beyond(int entries) => new(Last.Index.Value + entries);

    /// <summary>Entries behind the newest one, of a term.</summary>
    public Entry[] More(int count, Term term) =>
        [.. Enumerable.Range(1, count).Select(step => new Entry(Beyond(step), term, new EntryPayload.NoOp()))];

    public DiskId DiskOf(int node) => Cluster.Disks[node].State.Disk;

    /// <summary>A frame of another voter comes.</summary>
    /// <param name="sentAgo">How long before it comes it says it was sent; null: it does not say.</param>
    public void Comes(int from, Message message, TimeSpan? sentAgo = null)
    {
        Cluster.Effects.Clear();
        Cluster.Give(
            Self,
            new Input.Arrived(
                new LinkId(new NodeId(from), new Die(0), TransportKind.Grpc),
                new Frame(0, 0, 0, message) { SentAt = Cluster.Now - sentAgo }
            )
        );
        Cluster.Run(Moment.TotalSeconds);
    }

    /// <summary>A leader sends entries that build on the newest one of the beginning, or a beat.</summary>
    public void Leads(int from, Term term, LogIndex committed, params Entry[] entries) =>
        Leads(from, term, committed, TimeSpan.Zero, entries);

    /// <summary>The same, held on its way.</summary>
    public void Leads(int from, Term term, LogIndex committed, TimeSpan held, params Entry[] entries) =>
        Comes(
            from,
            new Message.AppendEntries(term, DiskOf(from), Last.Index, Last.Term, committed, ++probe, [.. entries])
            {
                Held = held,
            }
        );

    /// <summary>What it has said since the last frame came, copies on other rails left out.</summary>
    public T[] Said<T>()
        where T : Message =>
        [.. Cluster.Of<Effect.Send>(Self).Select(send => send.Frame.Message).OfType<T>().Distinct()];

    /// <summary>The tickets that it waits for, oldest first.</summary>
    public Ticket[] Writes() => [.. Cluster.Of<Effect.Persist>(Self).Select(persist => persist.Ticket)];

    /// <summary>The disk has finished this much, though it stands still for the rest.</summary>
    public void Wrote(Ticket ticket)
    {
        Cluster.Effects.Clear();
        Cluster.Give(Self, new Input.Persisted(ticket));
        Cluster.Run(Moment.TotalSeconds);
    }

    /// <summary>It misses its leader and asks who would vote for it.</summary>
    public void MissesItsLeader()
    {
        Cluster.RunUntil(() => Now.Role == RaftRole.PreCandidate, 2).ShouldBeTrue();
        Now.Term.ShouldBe(Term);
    }

    /// <summary>It is elected in the next term, by the vote of another.</summary>
    public void IsElected()
    {
        MissesItsLeader();
        Comes(Other, new Message.PreVoteReply(Later(), DiskOf(Other), true));
        Now.Role.ShouldBe(RaftRole.Candidate);
        Comes(Other, new Message.RequestVoteReply(Later(), DiskOf(Other), true));
        Now.Role.ShouldBe(RaftRole.Leader);
    }
}
