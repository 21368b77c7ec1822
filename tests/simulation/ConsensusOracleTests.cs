using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Oracles;
using static ClusterRas.Simulation.Tests.Trace;

namespace ClusterRas.Simulation.Tests;

/// <summary>Each oracle of driver, election, disks and log is shown what it must report.</summary>
public sealed class ConsensusOracleTests
{
    private static readonly ClusterId Cluster = new(1);

    [Fact]
    public void DriverRules_WakeInThePast_IsReported()
    {
        var trace = new Trace();
        trace.Add(new Simulator.Sighting.Took(trace.At, A, trace.Now, new Input.Woke(), trace.Now));
        trace.Judge(new DriverRules()).ShouldNotBeNull().ShouldContain("asks to be woken");
    }

    [Fact]
    public void DriverRules_MachineThrows_IsReported()
    {
        var trace = new Trace();
        trace.Add(new Simulator.Sighting.Broke(trace.At, A, "it threw"));
        trace.Judge(new DriverRules()).ShouldBe("#0: it threw");
    }

    [Fact]
    public void OneMasterPerTerm_TwoLeadersOfOneTerm_IsReported()
    {
        var trace = Founded().Store(A, State(2, A)).Store(B, State(2, A));
        trace.Send(A, B, Beat(A, 2)).Judge(new OneMasterPerTerm()).ShouldBeNull();
        trace.Send(B, A, Beat(B, 2)).Judge(new OneMasterPerTerm()).ShouldBe("#0 and #1 both act as master in term 2");
    }

    [Fact]
    public void OneMasterPerTerm_AlarmOfAnotherMaster_IsReported()
    {
        var trace = Founded().Store(A, State(2, A)).Send(A, B, Beat(A, 2));
        var alarm = new Effect.Alarm(
            new IncidentId(new LogIndex(2)),
            C,
            EventKind.Panic,
            new Decision(new Term(2), trace.Now)
        );
        trace.Do(B, alarm).Judge(new OneMasterPerTerm()).ShouldBe("#0 and #1 both act as master in term 2");
    }

    [Fact]
    public void OneMasterPerTerm_TermNotOnDisk_IsReported() =>
        Founded()
            .Store(A, State(1, null))
            .Send(A, B, Beat(A, 2))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#0 speaks of term 2, but 1 is on its disk");

    [Fact]
    public void OneMasterPerTerm_VoteNotOnDisk_IsReported() =>
        Founded()
            .Store(B, State(2, null))
            .Send(B, A, new Message.RequestVoteReply(new Term(2), DiskOf(B), true))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#1 gives its vote of term 2 to #0 before the vote is on its disk");

    [Fact]
    public void OneMasterPerTerm_TwoVotesInOneTerm_IsReported() =>
        Founded()
            .Store(B, State(2, A))
            .Send(B, A, new Message.RequestVoteReply(new Term(2), DiskOf(B), true))
            .Send(B, C, new Message.RequestVoteReply(new Term(2), DiskOf(B), true))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#1 votes for #0 and for #2 in term 2");

    [Fact]
    public void OneMasterPerTerm_RelayedVote_CountsForItsOrigin() =>
        Founded()
            .Store(B, State(2, A))
            .Send(B, A, new Message.RequestVoteReply(new Term(2), DiskOf(B), true))
            .Send(B, A, new Message.Relayed(B, C, 1, 1, new Message.RequestVoteReply(new Term(2), DiskOf(B), true)))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#1 votes for #0 and for #2 in term 2");

    [Fact]
    public void OneMasterPerTerm_TermGoesBackOverRestart_IsReported() =>
        Founded()
            .Store(A, State(3, null))
            .Add(new Simulator.Sighting.Stopped(TimeSpan.FromSeconds(21), A, "crash"))
            .Start(A)
            .Store(A, State(2, null))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#0 goes back from term 3 to 2");

    [Fact]
    public void OneMasterPerTerm_VoteChanges_IsReported() =>
        Founded()
            .Store(A, State(3, B))
            .Store(A, State(3, C))
            .Judge(new OneMasterPerTerm())
            .ShouldBe("#0 changes its vote of term 3 from #1 to #2");

    [Fact]
    public void DurableAnswers_CommitOnOneDisk_IsReported()
    {
        var entry = Entry(2, new EntryPayload.NoOp());
        var trace = Founded().Store(A, entry).Commit(A, entry);
        trace.Judge(new DurableAnswers()).ShouldNotBeNull().ShouldContain("only the disks of [#0] hold it");
    }

    [Fact]
    public void DurableAnswers_CommitOnMajority_IsFine()
    {
        var entry = Entry(2, new EntryPayload.NoOp());
        Founded().Store(A, entry).Store(C, entry).Commit(A, entry).Judge(new DurableAnswers()).ShouldBeNull();
    }

    // The master stood still while a disk that had answered was lost: its seat never votes again, and the others have the entry.
    [Fact]
    public void DurableAnswers_CommitLearntAfterADiskOfTheMajorityWasLost_IsFine()
    {
        var entry = Entry(2, new EntryPayload.NoOp());
        Founded()
            .Store(A, entry)
            .Store(C, entry)
            .StartOnAnotherDisk(C)
            .Commit(A, entry)
            .Judge(new DurableAnswers())
            .ShouldBeNull();
    }

    [Fact]
    public void DurableAnswers_CommitCountedOnANewDisk_IsReported()
    {
        var entry = Entry(2, new EntryPayload.NoOp());
        Founded()
            .Store(A, entry)
            .StartOnAnotherDisk(C)
            .Store(C, entry)
            .Commit(A, entry)
            .Judge(new DurableAnswers())
            .ShouldNotBeNull()
            .ShouldContain("only the disks of [#0] hold it");
    }

    [Fact]
    public void DurableAnswers_SameIndexOfAnotherTerm_DoesNotCount()
    {
        var entry = Entry(2, new EntryPayload.NoOp(), term: 2);
        Founded()
            .Store(A, entry)
            .Store(B, Entry(2, new EntryPayload.NoOp(), term: 1))
            .Commit(A, entry)
            .Judge(new DurableAnswers())
            .ShouldNotBeNull()
            .ShouldContain("only the disks of [#0] hold it");
    }

    [Fact]
    public void DurableAnswers_CommittedEntryTruncated_IsReported() =>
        Founded()
            .Agree(Entry(2, new EntryPayload.NoOp()))
            .Store(B, DiskWrite.Nothing with { TruncateFrom = new LogIndex(2) })
            .Judge(new DurableAnswers())
            .ShouldNotBeNull()
            .ShouldContain("#1 drops the committed entry");

    [Fact]
    public void DurableAnswers_FollowerAcksWhatItHasNotWritten_IsReported() =>
        Founded()
            .Send(B, A, new Message.AppendEntriesReply(new Term(1), DiskOf(B), true, new LogIndex(2), 1))
            .Judge(new DurableAnswers())
            .ShouldBe("#1 says that it has 2, but its disk ends at 1");

    [Fact]
    public void DurableAnswers_AnswerBeforeCommit_IsReported()
    {
        var words = WordsOf(B, C);
        var answer = new Message.Answering(
            words.Id,
            new IncidentId(new LogIndex(2)),
            Verdict.Recorded,
            0,
            new Term(1),
            default
        );
        Founded()
            .Raise(words)
            .Store(A, Entry(2, Opened(words, C)))
            .Send(A, B, answer)
            .Judge(new DurableAnswers())
            .ShouldNotBeNull()
            .ShouldContain("the word is not committed");
    }

    [Fact]
    public void LogMatching_TwoEntriesAtOnePlace_IsReported() =>
        Founded()
            .Agree(Entry(2, new EntryPayload.NoOp()))
            .Commit(B, Founding, Entry(2, new EntryPayload.HandlerDropped("page")))
            .Judge(new LogMatching())
            .ShouldNotBeNull()
            .ShouldContain("was committed before");

    [Fact]
    public void LogMatching_Gap_IsReported() =>
        Founded()
            .Commit(A, Entry(3, new EntryPayload.NoOp()))
            .Judge(new LogMatching())
            .ShouldBe("#0 commits 3 after 1");

    [Fact]
    public void LogMatching_CommitIndexBeyondEntries_IsReported() =>
        Founded()
            .Decide(A, new Effect.Committed([Entry(2, new EntryPayload.NoOp())], new LogIndex(3)))
            .Judge(new LogMatching())
            .ShouldBe("#0 commits up to 2 and says 3");

    [Fact]
    public void OneViewAtTheEnd_TwoMasters_IsReported() =>
        Founded()
            .Send(A, B, Beat(A, 2))
            .Send(B, A, Beat(B, 3))
            .Settle(A, B, C)
            .Judge(new OneViewAtTheEnd(new ProtocolOptions()))
            .ShouldBe("2 nodes act as master at the end: [#0 in term 2 #1 in term 3]");

    [Fact]
    public void OneViewAtTheEnd_HandedOverJustBefore_IsFine() =>
        Founded()
            .Send(A, B, Beat(A, 2))
            .After(0.1)
            .Send(B, A, Beat(B, 3))
            .Settle(A, B, C)
            .Judge(new OneViewAtTheEnd(new ProtocolOptions()))
            .ShouldBeNull();

    [Fact]
    public void OneViewAtTheEnd_NodeLeftBehind_IsReported() =>
        Founded()
            .Commit(B, Founding)
            .Commit(C, Founding)
            .Agree(Entry(2, new EntryPayload.NoOp()))
            .Commit(B, Entry(2, new EntryPayload.NoOp()))
            .After(5)
            .Send(A, B, Beat(A, 2))
            .Settle(A, B, C)
            .Judge(new OneViewAtTheEnd(new ProtocolOptions()))
            .ShouldBe("#2 has 1 at the end, where 2 has long been committed");

    private static DiskWrite State(long term, NodeId? vote) =>
        DiskWrite.Nothing with
        {
            HardState = new HardState(Cluster, new Term(term), vote is { } node ? new Voter(node, DiskOf(node)) : null),
        };

    private static Message.AppendEntries Beat(NodeId leader, long term) =>
        new(new Term(term), DiskOf(leader), default, default, default, 1, []);
}
