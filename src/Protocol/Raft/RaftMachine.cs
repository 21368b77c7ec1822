using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Consensus of the control group: Raft with pre-vote and check-quorum (protocol.md 5).</summary>
/// <remarks>Source: Ongaro, "Consensus: Bridging Theory and Practice" (2014), chapters 3, 4 and 9.6. There are no leases.
/// This file holds what all roles share; standing is in Election, replication in Replication.</remarks>
internal sealed partial class RaftMachine
{
    private readonly NodeId self;
    private readonly DiskId disk;
    private readonly ProtocolOptions options;
    private EquatableArray<NodeId> nodes;
    private readonly Prng prng;
    private readonly Outlet outlet;
    private readonly RaftLog log;
    private readonly Queue<(Ticket Ticket, LogIndex UpTo)> appendsInFlight = new();

    private readonly Dictionary<
        (NodeId To, Type Kind, Ticket After),
        (Term In, Message Message, Spread Spread)
    > unsaid = [];
    private ClusterId cluster;
    private Term term;
    private Voter? vote;
    private Ticket termTicket;
    private LogIndex durableIndex;
    private Instant? stuckSince;

    public RaftMachine(
        NodeId self,
        StoredState stored,
        EquatableArray<NodeId> nodes,
        ProtocolOptions options,
        Prng prng,
        Outlet outlet,
        Instant now
    )
    {
        this.self = self;
        this.nodes = nodes;
        this.options = options;
        this.prng = prng;
        this.outlet = outlet;
        disk = stored.Disk;
        log = new RaftLog(stored);
        cluster = stored.HardState.Cluster;
        term = stored.HardState.Term;
        vote = stored.HardState.Vote;
        RetiredBy = stored.HardState.RetiredBy;
        durableIndex = log.LastIndex;
        Recoveries = log.Recoveries;

        // What was committed once is committed; the disk may only have kept less of it.
        var known = stored.CommitIndex.CompareTo(log.LastIndex) < 0 ? stored.CommitIndex : log.LastIndex;
        CommitIndex = known.CompareTo(log.SnapshotIndex) > 0 ? known : log.SnapshotIndex;
        ResetElectionDeadline(now);
    }

    public RaftRole Role { get; private set; } = RaftRole.Follower;

    public Term Term => term;

    /// <summary>The leader of this term; null: not known.</summary>
    public NodeId? Leader { get; private set; }

    /// <summary>The leader's last beat here; now, if it is this node; null: no leader is known.</summary>
    public Instant? LeaderHeardAt =>
        IsLeader ? outlet.Now
        : Leader is null ? null
        : lastLeaderBeat;

    public LogIndex CommitIndex { get; private set; }

    public LogIndex LastIndex => log.LastIndex;

    public ClusterId Cluster => cluster;

    public bool IsLeader => Role == RaftRole.Leader;

    /// <summary>The leader's first entry of this term is committed: what it says now stands.</summary>
    public bool IsReady => IsLeader && CommitIndex.CompareTo(firstOfTerm) >= 0;

    /// <summary>The control group as of the newest entry.</summary>
    public EquatableArray<Voter> Voters => log.Voters;

    public bool IsVoter => SeatOf(new Voter(self, disk)) >= 0 && !IsOut && log.Epoch >= Epoch;

    /// <summary>The words on a node's present life that are known here; set by the node machine.</summary>
    public required Func<NodeId, Report?> ReportOn { get; init; }

    /// <summary>Heard within the silence time; set by the node machine.</summary>
    public required Func<NodeId, bool> IsHeard { get; init; }

    /// <summary>Heard within the silence time by what was not held on its way; set by the node machine.</summary>
    public required Func<NodeId, bool> IsHeardInTime { get; init; }

    /// <summary>Called when an entry is appended here as leader, in order.</summary>
    public required Action<Entry> Appended { get; init; }

    /// <summary>Called when entries are committed, in order, once each.</summary>
    public required Action<EquatableArray<Entry>> Committed { get; init; }

    /// <summary>Called when the log was replaced by a snapshot.</summary>
    public required Action<Snapshot> Restored { get; init; }

    /// <summary>Called when this node has become leader, after its no-op is appended, and when it is leader no more.</summary>
    public required Action<bool> LeadershipChanged { get; init; }

    /// <summary>Entries from the start to <paramref name="last"/>, as far as they are still held.</summary>
    public IEnumerable<Entry> EntriesUpTo(LogIndex last) => log.UpTo(last);

    /// <summary>Entries appended and not committed.</summary>
    public EquatableArray<Entry> Uncommitted => log.Slice(CommitIndex.Next, int.MaxValue);

    /// <summary>The entry that founded the cluster; null: empty.</summary>
    public Entry? Founding => log.UpTo(log.LastIndex).FirstOrDefault(entry => entry.Payload is EntryPayload.Founded);

    /// <summary>Makes the first entry of a cluster (B3). It is on disk before anything of it is sent.</summary>
    public void Found(ClusterId id, EquatableArray<Voter> voters)
    {
        var entry = new Entry(new LogIndex(1), new Term(1), new EntryPayload.Founded(id, voters));
        AdoptFounding(entry, id);
        outlet.Note(new Fact.ClusterFounded(id));

        // Nobody else can stand before this node has told them, so there is nothing to wait for.
        electionDeadline = outlet.Now;
    }

    /// <summary>Tells a peer whose disk is empty which cluster this is, once the founding entry is on disk here.</summary>
    public void TellFounding(NodeId to)
    {
        if (Founding is { } founding)
        {
            Say(to, new Message.Adopt(founding));
        }
    }

    /// <summary>Takes over a cluster's first entry on an empty disk.</summary>
    public void Adopt(Entry founding)
    {
        if (log.IsEmpty && founding.Payload is EntryPayload.Founded founded && cluster.IsNone)
        {
            AdoptFounding(founding, founded.Cluster);
            outlet.Note(new Fact.ClusterAdopted(founded.Cluster));
        }
    }

    /// <summary>Appends an entry as leader.</summary>
    /// <returns>False: not leader, handing over, or the disk is too far behind; nothing happened.</returns>
    public bool Propose(EntryPayload payload)
    {
        if (!IsLeader || IsTransferring || log.LastIndex.Value - durableIndex.Value > options.UnpersistedMax)
        {
            return false;
        }

        AppendAsLeader(payload);
        return true;
    }

    /// <summary>True while this leader hands over and takes no new entries.</summary>
    public bool IsTransferring => transferUntil is { } until && outlet.Now < until;

    /// <summary>When this machine wants to be woken.</summary>
    public Instant NextWake
    {
        get
        {
            if (IsLeader)
            {
                var wake = Instant.Min(nextBeat, quorumDeadline);
                return stuckSince is { } since && log.LastIndex != durableIndex
                    ? Instant.Min(wake, since + options.ElectionTimeoutMin)
                    : wake;
            }

            return IsVoter ? Instant.Min(electionDeadline, lastWordsDeadline) : Instant.Never;
        }
    }

    public void Wake()
    {
        if (IsLeader)
        {
            WakeLeader();
        }
        else if (IsVoter)
        {
            WakeFollower();
        }
    }

    /// <summary>This process did not run: no deadline may be charged with that time.</summary>
    public void OnPaused(TimeSpan pause)
    {
        quorumDeadline += pause;
        electionDeadline += pause;
        lastLeaderBeat += pause;
    }

    public void OnPersisted(Ticket ticket)
    {
        var before = durableIndex;
        while (appendsInFlight.TryPeek(out var first) && first.Ticket.CompareTo(ticket) <= 0)
        {
            appendsInFlight.Dequeue();
            if (first.UpTo.CompareTo(durableIndex) > 0)
            {
                durableIndex = first.UpTo;
            }
        }

        if (durableIndex == before)
        {
            return;
        }

        NoteDurableChange(before);
        NoteDurableRecovery();

        stuckSince = durableIndex == log.LastIndex ? null : outlet.Now;
        if (IsLeader)
        {
            AdvanceCommit();
        }
        else
        {
            TellLeaderDurable();
        }
    }

    public void OnMessage(NodeId from, Message message)
    {
        if (RetiredBy != 0)
        {
            return;
        }

        switch (message)
        {
            case Message.PreVote asked:
                OnPreVote(from, asked);
                break;
            case Message.PreVoteReply reply:
                OnPreVoteReply(from, reply);
                break;
            case Message.RequestVote asked:
                OnRequestVote(from, asked);
                break;
            case Message.RequestVoteReply reply:
                OnRequestVoteReply(from, reply);
                break;
            case Message.AppendEntries append:
                OnAppendEntries(from, append);
                break;
            case Message.AppendEntriesReply reply:
                OnAppendEntriesReply(from, reply);
                break;
            case Message.InstallSnapshot install:
                OnInstallSnapshot(from, install);
                break;
            case Message.TimeoutNow now:
                OnTimeoutNow(from, now);
                break;
            default:
                throw new InvalidOperationException($"not a consensus message: {message.GetType().Name}");
        }
    }

    /// <summary>Place of a voter in seat order; -1: it has no seat.</summary>
    private int SeatOf(Voter voter)
    {
        var voters = Voters.AsSpan();
        for (var seat = 0; seat < voters.Length; seat++)
        {
            if (voters[seat] == voter)
            {
                return seat;
            }
        }

        return -1;
    }

    private int Majority => (Voters.Count / 2) + 1;

    private void AdoptFounding(Entry founding, ClusterId id)
    {
        cluster = id;
        if (founding.Term.CompareTo(term) > 0)
        {
            term = founding.Term;
            vote = null;
        }

        AppendToLog(founding);
        WriteHardState();
    }

    private void AppendToLog(Entry entry)
    {
        log.Append(entry);
        outlet.WriteAppend(entry);
        appendsInFlight.Enqueue((outlet.Latest, entry.Index));
        stuckSince ??= outlet.Now;
    }

    private void TruncateLog(LogIndex from)
    {
        log.TruncateFrom(from);
        outlet.WriteTruncate(from);
        var last = from.Previous;
        if (durableIndex.CompareTo(last) > 0)
        {
            durableIndex = last;
        }

        // What is on its way to disk beyond here is not what the log now holds there.
        for (var count = appendsInFlight.Count; count > 0; count--)
        {
            var (ticket, upTo) = appendsInFlight.Dequeue();
            appendsInFlight.Enqueue((ticket, upTo.CompareTo(last) > 0 ? last : upTo));
        }
    }

    private void WriteHardState()
    {
        outlet.WriteHardState(new HardState(cluster, term, vote) { RetiredBy = RetiredBy });
        termTicket = outlet.Latest;
    }

    /// <summary>Sends once term and vote are on disk; not at all if the term is over by then.</summary>
    /// <remarks>Of what waits for the same write only the newest of a kind goes: a disk that stands still for minutes would let go
    /// thousands of answers at once (S12), and all but the last are answers to what is over.</remarks>
    private void Say(NodeId to, Message message, Spread spread = Spread.One)
    {
        if (termTicket.CompareTo(outlet.Persisted) <= 0)
        {
            outlet.Send(to, message, spread);
            return;
        }

        var place = (to, message.GetType(), termTicket);
        var isFirst = !unsaid.ContainsKey(place);
        unsaid[place] = (term, message, spread);
        if (isFirst)
        {
            outlet.AfterWrites(termTicket, () => SayNow(place));
        }
    }

    private void SayNow((NodeId To, Type Kind, Ticket After) place)
    {
        if (unsaid.Remove(place, out var said) && said.In == term)
        {
            outlet.Send(place.To, said.Message, said.Spread);
        }
    }

    private void BecomeFollower(Term newTerm, NodeId? leader)
    {
        var wasLeader = IsLeader;
        var changed = Role != RaftRole.Follower || newTerm != term;
        if (newTerm.CompareTo(term) > 0)
        {
            term = newTerm;
            vote = null;
            WriteHardState();
        }

        Role = RaftRole.Follower;
        transferUntil = null;
        SetLeader(leader);
        if (changed)
        {
            (verifiedIndex, lastProbeSeen) = (default, 0);
            outlet.Note(new Fact.RoleChanged(Role, term));
        }

        if (wasLeader)
        {
            ResetElectionDeadline(outlet.Now);
            LeadershipChanged(false);
        }
    }

    private void SetLeader(NodeId? leader)
    {
        if (Leader != leader)
        {
            Leader = leader;
            if (leader is not null)
            {
                lastWordsDeadline = Instant.Never;
                because = null;
            }

            outlet.Note(new Fact.MasterChanged(leader, term));
        }
    }

    private bool IsUpToDate(LogIndex lastIndex, Term lastTerm)
    {
        var byTerm = lastTerm.CompareTo(log.LastTerm);
        return byTerm > 0 || (byTerm == 0 && lastIndex.CompareTo(log.LastIndex) >= 0);
    }
}
