using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Whom a voter votes for, and whose votes a candidate counts (S1; protocol.md 5).</summary>
public class VoteTests
{
    private static Message.RequestVote Stands(VoterBed bed, int node, Term term, int indexLess = 0, int termLess = 0) =>
        new(
            term,
            bed.DiskOf(node),
            new LogIndex(bed.Last.Index.Value - indexLess),
            new Term(bed.Last.Term.Value - termLess),
            null,
            Transfer: true
        );

    private static Message.PreVote Asks(VoterBed bed, Term term, int indexLess = 0, int termLess = 0) =>
        new(
            term,
            bed.DiskOf(bed.Other),
            new LogIndex(bed.Last.Index.Value - indexLess),
            new Term(bed.Last.Term.Value - termLess),
            null
        );

    // An older term is older, however long its log is.
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(-5, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(-5, 1, false)]
    public void Vote_ForALog_IsGivenIfThatIsNotTheOlderOne(int indexLess, int termLess, bool isGiven)
    {
        var bed = new VoterBed();
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later(), indexLess, termLess));
        bed.Said<Message.RequestVoteReply>()
            .ShouldHaveSingleItem()
            .ShouldBe(new Message.RequestVoteReply(bed.Later(), bed.DiskOf(bed.Self), isGiven));
    }

    [Fact]
    public void Vote_InOneTerm_GoesToOneOnly()
    {
        var bed = new VoterBed();
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()));
        IsGiven().ShouldBeTrue();
        bed.Comes(bed.Master, Stands(bed, bed.Master, bed.Later()));
        IsGiven().ShouldBeFalse();
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()) with { Disk = new DiskId(77) });
        IsGiven().ShouldBeFalse("another disk is another voter");
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()));
        IsGiven().ShouldBeTrue("its first answer may have been lost");
        bed.Comes(bed.Master, Stands(bed, bed.Master, bed.Later(2)));
        IsGiven().ShouldBeTrue("another term is another vote");

        bool IsGiven() => bed.Said<Message.RequestVoteReply>().ShouldHaveSingleItem().Granted;
    }

    [Fact]
    public void Vote_InATermThatIsOver_IsNotGiven()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Other, bed.Later(2), bed.Last.Index);
        bed.Now.Term.ShouldBe(bed.Later(2));
        bed.Comes(bed.Master, Stands(bed, bed.Master, bed.Later()));
        bed.Said<Message.RequestVoteReply>()
            .ShouldHaveSingleItem()
            .ShouldBe(new Message.RequestVoteReply(bed.Later(2), bed.DiskOf(bed.Self), false));
        bed.Disk.State.HardState.Vote.ShouldBeNull();
    }

    [Fact]
    public void Vote_IsOnTheDiskBeforeItIsSaid()
    {
        var bed = new VoterBed();
        bed.Cluster.Stall(bed.Self);
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()));
        bed.Said<Message.RequestVoteReply>().ShouldBeEmpty();
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        bed.Said<Message.RequestVoteReply>().ShouldHaveSingleItem().Granted.ShouldBeTrue();
        bed.Disk.State.HardState.Vote.ShouldBe(new Voter(new NodeId(bed.Other), bed.DiskOf(bed.Other)));
    }

    [Fact]
    public void Vote_AskedForWhileTheLeaderIsHeard_IsNotEvenAnswered()
    {
        var bed = new VoterBed();
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()) with { Transfer = false });
        bed.Said<Message.RequestVoteReply>().ShouldBeEmpty();
        bed.Now.Term.ShouldBe(bed.Term, "who was away must not end the term of those who were not");
    }

    // Its own time stood still with everybody's: there is nothing to vote about.
    [Fact]
    public void Cluster_ThatStoodStillAsAWhole_AsksForNoVote()
    {
        var cluster = new MiniCluster(3, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        cluster.Run(5);
        var since = cluster.Now;
        foreach (var node in cluster.Running)
        {
            cluster.Freeze(node);
        }

        cluster.Run(30);
        foreach (var node in cluster.Running)
        {
            cluster.Thaw(node);
        }

        cluster.Run(5);
        cluster
            .Effects.Where(seen => seen.At > since && seen.Effect is Effect.Send { Frame.Message: Message.PreVote })
            .ShouldBeEmpty();
    }

    [Fact]
    public void PreVote_WhileTheLeaderIsHeard_IsRefused()
    {
        var bed = new VoterBed();
        bed.Comes(bed.Other, Asks(bed, bed.Later()));
        bed.Said<Message.PreVoteReply>().ShouldHaveSingleItem().Granted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, 0, 0, true)]
    [InlineData(0, 0, 0, false)]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, -5, 1, false)]
    public void PreVote_WithoutALeader_IsGivenForALaterTermAndALogThatIsNotOlder(
        int later,
        int indexLess,
        int termLess,
        bool isGiven
    )
    {
        var bed = new VoterBed();
        bed.MissesItsLeader();
        bed.Comes(bed.Other, Asks(bed, bed.Later(later), indexLess, termLess));
        bed.Said<Message.PreVoteReply>().ShouldHaveSingleItem().Granted.ShouldBe(isGiven);
        bed.Now.Term.ShouldBe(bed.Term, "nothing is decided by it");
    }

    [Fact]
    public void PreVotes_OfAnotherDiskOrTerm_CountNot()
    {
        var bed = new VoterBed();
        bed.MissesItsLeader();
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(), new DiskId(77), true));
        bed.Now.Role.ShouldBe(RaftRole.PreCandidate);
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Term, bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.PreCandidate);
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.Candidate);
        bed.Now.Term.ShouldBe(bed.Later());
    }

    [Fact]
    public void Votes_OfAnotherDiskOrTerm_CountNot()
    {
        var bed = new VoterBed();
        bed.MissesItsLeader();
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(), new DiskId(77), true));
        bed.Now.Role.ShouldBe(RaftRole.Candidate);
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Term, bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.Candidate);
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(), bed.DiskOf(bed.Other), false));
        bed.Now.Role.ShouldBe(RaftRole.Candidate);
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.Leader);
    }

    [Fact]
    public void Votes_ThatComeAfterAnotherIsFollowed_ElectNobody()
    {
        var bed = new VoterBed();
        bed.MissesItsLeader();
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        bed.Leads(bed.Master, bed.Later(), bed.Last.Index);
        bed.Now.Role.ShouldBe(RaftRole.Follower);
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.Follower);
        bed.Now.Master.ShouldBe(new NodeId(bed.Master));
    }

    // Its vote of the first term is written, that of the second is not: until it is, it has not voted for itself.
    [Fact]
    public void OwnVote_OfACandidacyThatIsOver_CountsNotForTheNext()
    {
        var bed = new VoterBed();
        bed.MissesItsLeader();
        bed.Cluster.Stall(bed.Self);
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(), bed.DiskOf(bed.Other), true));
        var first = bed.Writes()[^1];
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(2), bed.DiskOf(bed.Other), false));
        bed.Cluster.RunUntil(() => bed.Now.Role == RaftRole.PreCandidate, 5).ShouldBeTrue();
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(3), bed.DiskOf(bed.Other), true));
        bed.Now.Term.ShouldBe(bed.Later(3));
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(3), bed.DiskOf(bed.Other), true));
        bed.Wrote(first);
        bed.Now.Role.ShouldBe(RaftRole.Candidate);
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        bed.Now.Role.ShouldBe(RaftRole.Leader);
    }

    [Fact]
    public void TimeoutNow_OfAnotherTermOrOfWhoIsNotTheLeader_MovesNobody()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index);
        bed.Comes(bed.Master, new Message.TimeoutNow(new Term(bed.Term.Value - 1)));
        bed.Now.Role.ShouldBe(RaftRole.Follower);
        bed.Comes(bed.Other, new Message.TimeoutNow(bed.Term));
        bed.Now.Role.ShouldBe(RaftRole.Follower);
        bed.Now.Term.ShouldBe(bed.Term);
        bed.Comes(bed.Master, new Message.TimeoutNow(bed.Term));
        bed.Now.Term.ShouldBe(bed.Later());
    }

    [Fact]
    public void TimeoutNow_ForWhoHasNoVote_MovesNobody()
    {
        var cluster = GroupTests.Joined(6);
        var (master, term) = (cluster.Master, cluster.Status(cluster.Master).Term);
        cluster.Give(
            5,
            new Input.Arrived(
                new LinkId(new NodeId(master), new Die(0), TransportKind.Grpc),
                new Frame(0, 0, 0, new Message.TimeoutNow(term))
            )
        );
        cluster.Run(0.01);
        cluster.Status(5).Role.ShouldBe(RaftRole.Follower);
        cluster.Status(5).Term.ShouldBe(term);
    }

    // Others may elect another one because of that word. Whoever is named knows better whether it is there.
    [Fact]
    public void Leader_AskedForItsVoteBecauseOfItsOwnDeath_LeadsOn()
    {
        var cluster = GroupTests.Joined(3, 3);
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        var (term, last) = (cluster.Status(master).Term, cluster.Disks[master].Entries[^1]);
        var ask = new Message.RequestVote(
            new Term(term.Value + 1),
            cluster.Disks[other].State.Disk,
            last.Index,
            last.Term,
            cluster.Panic(master, other),
            false
        );
        cluster.Give(
            master,
            new Input.Arrived(new LinkId(new NodeId(other), new Die(0), TransportKind.Grpc), new Frame(0, 0, 0, ask))
        );
        cluster.Run(0.01);
        cluster.Status(master).IsReady.ShouldBeTrue();
        cluster.Status(master).Term.ShouldBe(term);
    }

    // Its word on the leader is what the others may have heard; but as long as the leader beats, that is nothing to vote by.
    [Theory]
    [InlineData(0.2, true, true)]
    [InlineData(0.2, false, false)]
    [InlineData(0.05, true, false)]
    public void Vote_BecauseOfTheLeadersDeath_IsGivenOnceItsBeatsAreMissed(double silent, bool isOnLeader, bool isGiven)
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index);
        bed.Cluster.Run(silent);
        var because = bed.Cluster.Panic(isOnLeader ? bed.Master : bed.Self, bed.Other);
        bed.Comes(bed.Other, Asks(bed, bed.Later()) with { Because = because });
        bed.Said<Message.PreVoteReply>().ShouldHaveSingleItem().Granted.ShouldBe(isGiven);
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later()) with { Because = because, Transfer = false });
        bed.Said<Message.RequestVoteReply>().Any(reply => reply.Granted).ShouldBe(isGiven);
    }

    [Fact]
    public void Vote_OnceTheLeaderIsMissedForTheLeastElectionTimeout_IsGiven()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index);
        bed.Cluster.RunUntil(() => false, bed.Cluster.Options.ElectionTimeoutMin.TotalSeconds);
        bed.Now.Role.ShouldBe(RaftRole.Follower);
        bed.Comes(bed.Other, Asks(bed, bed.Later()));
        bed.Said<Message.PreVoteReply>().ShouldHaveSingleItem().Granted.ShouldBeTrue();
    }

    // B5: what it forgot once it may forget again, its vote among it.
    [Fact]
    public void Vote_OfADiskThatIsLostByTheLog_IsNotGiven()
    {
        var bed = new VoterBed();
        var disk = bed.DiskOf(bed.Self);
        var lost = new EntryPayload.DiskLost(new NodeId(bed.Self), disk, disk);
        bed.Leads(bed.Master, bed.Term, bed.Beyond(1), new Entry(bed.Beyond(1), bed.Term, lost));
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(1));
        bed.Comes(bed.Other, Stands(bed, bed.Other, bed.Later(), indexLess: -1));
        bed.Said<Message.RequestVoteReply>().ShouldHaveSingleItem().Granted.ShouldBeFalse();
    }
}
