using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class RaftMachine
{
    private const int DoublingsMax = 3;

    private readonly HashSet<NodeId> granted = [];
    private Instant electionDeadline;
    private Instant lastWordsDeadline = Instant.Never;
    private Instant lastLeaderBeat;
    private int failedCandidacies;
    private Report? because;
    private bool byTransfer;

    private TimeSpan MissedBeats => options.BeatEvery * 1.5;

    /// <summary>A word on the leader has come, or may have: see whether to stand because of it.</summary>
    public void ConsiderLastWords()
    {
        if (!IsLeader && IsVoter && Leader is null && because is not null)
        {
            // It stood because of a word and was not elected: it tries again until somebody is.
            return;
        }

        if (IsLeader || !IsVoter || Leader is not { } leader || leader == self || ReportOn(leader) is null)
        {
            lastWordsDeadline = Instant.Never;
            return;
        }

        if (lastWordsDeadline == Instant.Never)
        {
            lastWordsDeadline =
                Instant.Max(outlet.Now, lastLeaderBeat + MissedBeats) + (options.SeatDelay * RankAmongLive());
        }
    }

    /// <summary>The leader hands over to a caught-up voter on whom there is no word; nobody there: stays.</summary>
    /// <param name="wished">This one and no other; null: the first in seat order.</param>
    /// <param name="upTo">Who has the log so far counts as caught up; null: who has all of it.</param>
    /// <returns>False: there is none.</returns>
    public bool TransferAway(NodeId? wished = null, LogIndex? upTo = null)
    {
        if (!IsLeader)
        {
            return false;
        }

        foreach (var voter in Voters)
        {
            if (
                voter.Node != self
                && (wished is null || voter.Node == wished)
                && WhyNoSuccessor(voter, upTo is { } enough && progress[voter.Node].Match == enough) is null
            )
            {
                transferUntil = outlet.Now + options.ElectionTimeoutMin;
                Say(voter.Node, new Message.TimeoutNow(term), Spread.All);
                return true;
            }
        }

        return false;
    }

    /// <summary>Why another voter cannot take over from this leader now; null: it can.</summary>
    /// <param name="isCaughtUp">Its log is not looked at.</param>
    public string? WhyNoSuccessor(Voter voter, bool isCaughtUp = false) =>
        progress[voter.Node] is var peer && !peer.Holds(voter) ? "it has not answered with the disk of its seat"
        : !peer.IsAnswering(outlet.Now, options.BeatEvery * 3) ? "it does not answer the master"
        : ReportOn(voter.Node) is not null ? "its own death is told"
        : IsStopping(voter.Node) ? "it is to give up its seat"
        : !isCaughtUp && peer.Match != log.LastIndex
            ? $"it is not caught up: its disk has the log up to {peer.Match}, the master's up to {log.LastIndex}"
        : null;

    private void StandSoon()
    {
        failedCandidacies = 0;
        var before = electionDeadline;
        ResetElectionDeadline(outlet.Now);
        electionDeadline = Instant.Min(before, electionDeadline);
    }

    private void ResetElectionDeadline(Instant now)
    {
        var voters = Math.Max(1, Voters.Count);
        var span = (options.ElectionTimeoutMax - options.ElectionTimeoutMin) / voters;
        var timeout = options.ElectionTimeoutMin + (span * Seat) + prng.Below(span);
        electionDeadline = now + (timeout * (1 << Math.Min(failedCandidacies, DoublingsMax)));
    }

    private int Seat => Math.Max(0, SeatOf(new Voter(self, disk)));

    // Having stood in vain: by seat, whoever is heard. Two that do not hear each other have one rank among the live, and would split the
    // votes again and again. Who is told to die itself comes after all others here too.
    private int RankAmongAll => Voters.Count + Seat + (ReportOn(self) is null ? 0 : Voters.Count);

    // Who is told to die itself stands after all others, as they leave it out: two of one rank would split the votes.
    private int RankAmongLive()
    {
        if (ReportOn(self) is not null)
        {
            return Voters.Count + Seat;
        }

        var rank = 0;
        foreach (var voter in Voters)
        {
            if (voter.Node == self)
            {
                return rank;
            }

            if (IsHeard(voter.Node) && ReportOn(voter.Node) is null)
            {
                rank++;
            }
        }

        return rank;
    }

    private void WakeFollower()
    {
        if (outlet.Now >= lastWordsDeadline)
        {
            var reason = Leader is { } leader ? ReportOn(leader) : because;
            if (reason is not null && outlet.Now - lastLeaderBeat >= MissedBeats)
            {
                lastWordsDeadline = outlet.Now + (options.SeatDelay * RankAmongAll);
                StartPreVote(reason);
                return;
            }

            // A beat came in between: look again when the next one is missed.
            lastWordsDeadline = reason is null
                ? Instant.Never
                : Instant.Max(
                    lastLeaderBeat + MissedBeats + (options.SeatDelay * RankAmongLive()),
                    outlet.Now + options.SeatDelay
                );
        }

        if (outlet.Now >= electionDeadline)
        {
            failedCandidacies++;
            StartPreVote(null);
        }
    }

    private void StartPreVote(Report? reason)
    {
        because = reason;
        if (reason is null)
        {
            // Nobody leads as far as this node knows, and nobody must read that somebody does.
            SetLeader(null);
        }

        Role = RaftRole.PreCandidate;
        granted.Clear();
        granted.Add(self);
        ResetElectionDeadline(outlet.Now);
        outlet.Note(new Fact.RoleChanged(Role, term));
        if (granted.Count >= Majority)
        {
            StartElection(false);
            return;
        }

        var ask = new Message.PreVote(new Term(term.Value + 1), disk, log.LastIndex, log.LastTerm, reason);
        foreach (var voter in Voters)
        {
            if (voter.Node != self)
            {
                Say(voter.Node, ask, Spread.All);
            }
        }
    }

    private void StartElection(bool transfer)
    {
        byTransfer = transfer;
        Role = RaftRole.Candidate;
        term = new Term(term.Value + 1);
        vote = new Voter(self, disk);
        SetLeader(null);
        WriteHardState();
        granted.Clear();
        ResetElectionDeadline(outlet.Now);
        outlet.Note(new Fact.RoleChanged(Role, term));

        var stoodIn = term;
        var ask = new Message.RequestVote(term, disk, log.LastIndex, log.LastTerm, because, byTransfer);
        foreach (var voter in Voters)
        {
            if (voter.Node != self)
            {
                Say(voter.Node, ask, Spread.All);
            }
        }

        outlet.AfterWrites(
            termTicket,
            () =>
            {
                if (Role == RaftRole.Candidate && term == stoodIn)
                {
                    Count(self);
                }
            }
        );
    }

    private void Count(NodeId voter)
    {
        granted.Add(voter);
        if (granted.Count >= Majority)
        {
            BecomeLeader();
        }
    }

    /// <summary>The leader is dying by somebody's word, and we too miss its beats.</summary>
    private bool IsExcused(Report? reason) =>
        reason is not null
        && Leader is { } leader
        && leader != self
        && (ReportOn(leader)?.Id == reason.Id || IsAbout(reason, leader))
        && outlet.Now - lastLeaderBeat >= MissedBeats;

    /// <summary>Whether a report concerns a node's present life; set by the node machine.</summary>
    public required Func<Report, NodeId, bool> IsAbout { get; init; }

    private bool HearsLeader =>
        IsLeader || (Leader is not null && outlet.Now - lastLeaderBeat < options.ElectionTimeoutMin);

    private void OnPreVote(NodeId from, Message.PreVote asked)
    {
        var grant =
            !IsLeader
            && asked.Term.CompareTo(term) > 0
            && IsUpToDate(asked.LastIndex, asked.LastTerm)
            && (!HearsLeader || IsExcused(asked.Because));
        Say(from, new Message.PreVoteReply(grant ? asked.Term : term, disk, grant), Spread.All);
        if (!IsLeader && IsVoter && !HearsLeader && !IsUpToDate(asked.LastIndex, asked.LastTerm))
        {
            // Somebody misses a leader too, and only we can be one: however often we stood alone before.
            StandSoon();
        }
    }

    private void OnPreVoteReply(NodeId from, Message.PreVoteReply reply)
    {
        if (!reply.Granted)
        {
            if (reply.Term.CompareTo(term) > 0)
            {
                // It was refused for its old term, not for its log: with the new one it may well be elected.
                BecomeFollower(reply.Term, null);
                StandSoon();
            }

            return;
        }

        if (
            Role == RaftRole.PreCandidate
            && reply.Term.Value == term.Value + 1
            && SeatOf(new Voter(from, reply.Disk)) >= 0
        )
        {
            granted.Add(from);
            if (granted.Count >= Majority)
            {
                StartElection(false);
            }
        }
    }

    private void OnRequestVote(NodeId from, Message.RequestVote asked)
    {
        if (asked.Term.CompareTo(term) > 0)
        {
            if (HearsLeader && !asked.Transfer && !IsExcused(asked.Because))
            {
                return;
            }

            BecomeFollower(asked.Term, null);
        }

        // An empty disk belongs to no cluster, and votes for nobody before it does (B2).
        var candidate = new Voter(from, asked.Disk);
        var grant =
            asked.Term == term
            && !cluster.IsNone
            && !IsLost(new Voter(self, disk))
            && log.Epoch >= Epoch
            && (vote is null || vote == candidate)
            && IsUpToDate(asked.LastIndex, asked.LastTerm);
        if (grant && vote is null)
        {
            vote = candidate;
            Role = RaftRole.Follower;
            WriteHardState();
            ResetElectionDeadline(outlet.Now);
        }

        Say(from, new Message.RequestVoteReply(term, disk, grant), Spread.All);
    }

    private void OnRequestVoteReply(NodeId from, Message.RequestVoteReply reply)
    {
        if (reply.Term.CompareTo(term) > 0)
        {
            BecomeFollower(reply.Term, null);
        }
        else if (
            reply.Granted
            && Role == RaftRole.Candidate
            && reply.Term == term
            && SeatOf(new Voter(from, reply.Disk)) >= 0
        )
        {
            Count(from);
        }
    }

    private void OnTimeoutNow(NodeId from, Message.TimeoutNow now)
    {
        if (now.Term == term && Leader == from && IsVoter && !IsLeader)
        {
            because = null;
            StartElection(true);
        }
    }
}
