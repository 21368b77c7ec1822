using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Oracles;
using static ClusterRas.Simulation.Tests.Trace;

namespace ClusterRas.Simulation.Tests;

/// <summary>Each oracle of words, incidents and acks is shown what it must report.</summary>
public sealed class AnswerOracleTests
{
    private static readonly Words OfB = WordsOf(B, C);
    private static readonly Words OfA = WordsOf(A, C);

    [Fact]
    public void ExactRelease_WordNeverCaughtThere_IsReported() =>
        Founded().Release(OfB, 2).Judge(new ExactRelease()).ShouldNotBeNull().ShouldContain("never caught there");

    [Fact]
    public void ExactRelease_WordOfAnotherBoot_IsReported() =>
        Founded()
            .Raise(OfB)
            .Start(B, tag: 8)
            .Release(OfB, 2)
            .Judge(new ExactRelease())
            .ShouldNotBeNull()
            .ShouldContain("of another boot");

    [Fact]
    public void ExactRelease_AnotherDescriptor_IsReported()
    {
        var trace = Founded().Raise(OfB);
        var release = new Effect.Release(
            OfB.Id,
            new DeviceRef(1, 2),
            new IncidentId(new LogIndex(2)),
            Verdict.Recorded,
            0,
            new Decision(new Term(1), trace.Now)
        );
        trace.Do(B, release).Judge(new ExactRelease()).ShouldNotBeNull().ShouldContain("but it came from");
    }

    [Fact]
    public void ExactRelease_AckUnderANumberThatIsTaken_IsReported()
    {
        var trace = Founded().Raise(OfB);
        var other = RecordOf(OfB) with { Kind = EventKind.KernelReboot };
        trace
            .Add(new Sighting.AckWritten(trace.At, B, trace.Now, OfB.Id, other, ReleaseOutcome.Acked))
            .Judge(new ExactRelease())
            .ShouldNotBeNull()
            .ShouldContain("the last record read with this number");
    }

    [Fact]
    public void ExactRelease_KernelFreedByWordNotCommitted_IsReported()
    {
        var trace = Founded().Raise(OfB);
        trace
            .Add(new Sighting.Freed(trace.At, C, LifeOf(C), EventKind.Panic, B, LifeOf(C)))
            .Judge(new ExactRelease())
            .ShouldBe("#2 goes on from Panic by #1, but no such word of #1 is committed");
    }

    [Fact]
    public void ExactRelease_KernelFreedByCommittedWord_IsFine()
    {
        var trace = Founded().Raise(OfB).Agree(Entry(2, Opened(OfB, C)));
        trace
            .Add(new Sighting.Freed(trace.At, C, LifeOf(C), EventKind.Panic, B, LifeOf(C)))
            .Judge(new ExactRelease())
            .ShouldBeNull();
    }

    [Fact]
    public void ExactRelease_KernelFreedByRepeatedAckOfItsLastLife_IsTheKernelsOwn()
    {
        var trace = Founded();
        trace
            .Add(new Sighting.Freed(trace.At, C, LifeOf(C, 8), EventKind.Panic, B, LifeOf(C, 7)))
            .Judge(new ExactRelease())
            .ShouldBeNull();
    }

    [Fact]
    public void ExactRelease_PanicFreedByAnswerToTheRebootBefore_IsTheKernelsOwn()
    {
        var reboot = WordsOf(B, C, EventKind.KernelReboot);
        var trace = Founded().Raise(reboot).Agree(Entry(2, Opened(reboot, C)));
        trace
            .Add(new Sighting.Freed(trace.At, C, LifeOf(C), EventKind.Panic, B, LifeOf(C)))
            .Judge(new ExactRelease())
            .ShouldBeNull();
    }

    [Fact]
    public void OneAnswer_WordBeyondFullIncident_IsFine() =>
        Full(Incident.EvidenceMax).Release(OfA, 2).Judge(new OneAnswer()).ShouldBeNull();

    [Fact]
    public void OneAnswer_WordThatWouldStillBeStored_IsReported() =>
        Full(Incident.EvidenceMax - 1)
            .Release(OfA, 2)
            .Judge(new OneAnswer())
            .ShouldNotBeNull()
            .ShouldContain("not committed there");

    [Fact]
    public void OneAnswer_VerdictNotCommitted_IsReported() =>
        Opening()
            .Release(OfB, 2, Verdict.Handled)
            .Judge(new OneAnswer())
            .ShouldNotBeNull()
            .ShouldContain("the committed verdict is none");

    [Fact]
    public void OneAnswer_ClosedWhereItWasOpen_IsReported() =>
        Opening()
            .Release(OfB, 2, Verdict.Closed)
            .Judge(new OneAnswer())
            .ShouldNotBeNull()
            .ShouldContain("not closed before the word");

    [Fact]
    public void OneAnswer_AnotherIncident_IsReported() =>
        Opening().Release(OfB, 1).Judge(new OneAnswer()).ShouldNotBeNull().ShouldContain("no such incident");

    [Fact]
    public void OneAnswer_RecordedThenHandled_IsFine() =>
        Opening()
            .Release(OfB, 2)
            .Agree(Entry(3, Answered(Verdict.Handled)))
            .Release(OfB, 2, Verdict.Handled)
            .Judge(new OneAnswer())
            .ShouldBeNull();

    [Fact]
    public void OneAnswer_HandledThenFailed_IsReported() =>
        Opening()
            .Agree(Entry(3, Answered(Verdict.Handled)))
            .Release(OfB, 2, Verdict.Handled)
            .Release(OfB, 2, Verdict.Failed)
            .Judge(new OneAnswer())
            .ShouldNotBeNull()
            .ShouldContain("is answered Failed");

    [Fact]
    public void OneIncident_SecondForOneLife_IsReported() =>
        Opening()
            .Agree(Entry(3, Opened(OfA, C)))
            .Judge(new OneIncident())
            .ShouldBe($"incidents 2 and 3 are both about the life {LifeOf(C)} of #2");

    [Fact]
    public void OneIncident_SecondAfterTheFirstWasSurvived_IsFine() =>
        Opening()
            .Agree(
                Entry(3, new EntryPayload.Closed(new IncidentId(new LogIndex(2)), CloseReason.Contradicted, "")),
                Entry(4, Opened(OfA, C))
            )
            .Judge(new OneIncident())
            .ShouldBeNull();

    [Fact]
    public void OneIncident_SecondWithoutTagInsideOneWindow_IsReported()
    {
        var (first, second) = (OfA with { Tag = 0 }, OfB with { Tag = 0 });
        var life = new Life(LifeOf(C).Boot, 0);
        Founded()
            .Raise(first)
            .After(5)
            .Raise(second)
            .Agree(Entry(2, Opened(first, C) with { Life = life }), Entry(3, Opened(second, C) with { Life = life }))
            .Judge(new OneIncident())
            .ShouldNotBeNull()
            .ShouldContain("both about the life");
    }

    [Fact]
    public void OneIncident_WordTwiceInTheLog_IsReported() =>
        Opening()
            .Agree(Entry(3, new EntryPayload.Reported(new IncidentId(new LogIndex(2)), OfB, 0, null)))
            .Judge(new OneIncident())
            .ShouldNotBeNull()
            .ShouldContain("stands in the log twice");

    [Fact]
    public void OneIncident_WordOfAnotherLife_IsReported() =>
        Opening()
            .Agree(Entry(3, new EntryPayload.Reported(new IncidentId(new LogIndex(2)), OfA with { Tag = 8 }, 0, null)))
            .Judge(new OneIncident())
            .ShouldNotBeNull()
            .ShouldContain("and entry 3 puts it to the life");

    [Fact]
    public void OneIncident_HandlerStartedTwice_IsReported() =>
        Opening(Handler("fence"))
            .Do(A, Starting("fence"))
            .Do(A, Starting("fence"))
            .Judge(new OneIncident())
            .ShouldBe("fence is started twice for 2");

    [Fact]
    public void OneIncident_IdempotentHandlerStartedTwice_IsFine() =>
        Opening(Handler("fence", idempotent: true))
            .Do(A, Starting("fence"))
            .Do(A, Starting("fence"))
            .Judge(new OneIncident())
            .ShouldBeNull();

    [Fact]
    public void OneIncident_HandlerNotOnTheFrozenList_IsReported() =>
        Opening(Handler("fence"))
            .Do(A, Starting("page"))
            .Judge(new OneIncident())
            .ShouldBe("page is started for 2, whose list does not have it (H2)");

    [Fact]
    public void OneIncident_AlarmTwice_IsReported()
    {
        var trace = Opening();
        var alarm = new Effect.Alarm(
            new IncidentId(new LogIndex(2)),
            C,
            EventKind.Panic,
            new Decision(new Term(1), trace.Now)
        );
        trace.Do(A, alarm).Do(A, alarm).Judge(new OneIncident()).ShouldBe("#0 alarms twice about incident 2");
    }

    [Fact]
    public void AckInTime_ReleaseAfterItsWindow_IsReported() =>
        Opening()
            .After(10.1)
            .Release(OfB, 2)
            .Judge(new AckInTime())
            .ShouldBe($"#1 lets go {OfB.Id} 93 ms after its window");

    [Fact]
    public void AckInTime_ReleaseAtTheLastMoment_IsFine() =>
        Opening().After(10).Release(OfB, 2).Judge(new AckInTime()).ShouldBeNull();

    [Fact]
    public void AckInTime_ReleaseAfterWindowOver_IsReported() =>
        Opening()
            .Do(B, new Effect.WindowOver(OfB.Id))
            .Release(OfB, 2)
            .Judge(new AckInTime())
            .ShouldNotBeNull()
            .ShouldContain("after it said that its window is over");

    [Fact]
    public void AckInTime_MoreAcksThanCopies_IsReported()
    {
        var trace = Opening();
        var ack = new Sighting.AckWritten(trace.At, B, trace.Now, OfB.Id, RecordOf(OfB), ReleaseOutcome.Acked);
        trace
            .Add(new Sighting.Shown(trace.At, B, trace.Now, RecordOf(OfB)))
            .Add(ack)
            .Add(ack)
            .Judge(new AckInTime())
            .ShouldNotBeNull()
            .ShouldContain("more often than it was shown");
    }

    [Fact]
    public void PromptCommit_WordNotCommittedInQuietTimes_IsReported() =>
        Founded()
            .Raise(OfB)
            .After(3.6)
            .Take(A, new Input.Woke())
            .Judge(new PromptCommit())
            .ShouldBe($"{OfB.Id} was raised at 20 s and not committed within 3.5 s");

    // It left the map, so nothing of it is committed; and its record's device was opened anew, so nothing is let go. Life 570441871690 of 5.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PromptCommit_WordAnsweredAsNobodys_IsFineOnlyIfItsVictimLeftTheMap(bool hasLeft)
    {
        var left = new FormerNode(C, "gone");
        var change = new EntryPayload.MapChanged(1, default, "", hasLeft ? [left] : [], new Warrant("anna", "", 0));
        var told = new Fact.ReleaseDone(OfB.Id, Verdict.UnknownVictim, ReleaseOutcome.Overtaken, LeftMs: 5000);
        var late = Founded()
            .Commit(A, Entry(2, change))
            .Raise(OfB)
            .Decide(B, new Effect.Note(told))
            .After(3.6)
            .Take(A, new Input.Woke())
            .Judge(new PromptCommit());
        (late is null).ShouldBe(hasLeft);
    }

    [Fact]
    public void PromptCommit_WordNotAnsweredByAckBy_IsReported() =>
        Opening()
            .After(9)
            .Take(A, new Input.Woke())
            .Judge(new PromptCommit())
            .ShouldBe($"{OfB.Id} was raised at 20 s and not answered by AckBy");

    [Fact]
    public void PromptCommit_WordLateInRoughTimes_IsFine()
    {
        var trace = Founded();
        var cut = new Fault.Cut(trace.At, TimeSpan.FromSeconds(1), NodeSet.One(B), NodeSet.All(3), 3, false, false);
        trace
            .Add(new Sighting.FaultBegan(trace.At, default, cut))
            .Raise(OfB)
            .After(3.6)
            .Take(A, new Input.Woke())
            .Judge(new PromptCommit())
            .ShouldBeNull();
    }

    [Fact]
    public void EveryWordEnds_WordLost_IsReported() =>
        Founded()
            .Raise(OfB)
            .Do(B, new Effect.WindowOver(OfB.Id))
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldBe($"{OfB.Id}, caught at 20 s, is not in the committed log");

    [Fact]
    public void EveryWordEnds_NobodyToldTheWaiter_IsReported() =>
        Opening()
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldNotBeNull()
            .ShouldContain("neither let go nor told that its window is over");

    [Fact]
    public void EveryWordEnds_OvertakenAndCommittedAsSuch_IsFine() =>
        Opening()
            .Agree(
                Entry(
                    3,
                    new EntryPayload.Released(
                        new IncidentId(new LogIndex(2)),
                        OfB.Id,
                        Verdict.Recorded,
                        ReleaseOutcome.Overtaken,
                        null
                    )
                )
            )
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldBeNull();

    [Fact]
    public void EveryWordEnds_OutboxNotEmpty_IsReported() =>
        Founded()
            .Store(B, DiskWrite.Nothing with { OutboxPut = [new StoredReport(new Report(OfB, default, null), null)] })
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldBe($"{OfB.Id} is still in the outbox of #1");

    [Fact]
    public void EveryWordEnds_IncidentOpenAfterTheNextBoot_IsReported() =>
        Opening()
            .Release(OfB, 2)
            .Start(C, tag: 8)
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldBe("incident 2 is open, but #2 is back with tag 8 after 7");

    [Fact]
    public void EveryWordEnds_NextBootIsRegistered_IsFine() =>
        Opening()
            .Release(OfB, 2)
            .Start(C, tag: 8)
            .Agree(Entry(3, new EntryPayload.Joined(C, LifeOf(C, 8), DiskOf(C))))
            .Settle(A, B, C)
            .Judge(new EveryWordEnds())
            .ShouldBeNull();

    /// <summary>B has said that C panics, and the cluster has opened incident 2.</summary>
    private static Trace Opening(params HandlerDeclaration[] handlers) =>
        Founded().Raise(OfB).Agree(Entry(2, Opened(OfB, C, handlers)));

    private static EntryPayload.Answered Answered(Verdict verdict) =>
        new(new IncidentId(new LogIndex(2)), verdict, 0, []);

    /// <summary>An incident with so many words, none of them A's.</summary>
    private static Trace Full(int wordCount)
    {
        var trace = Opening();
        for (var word = 2; word <= wordCount; word++)
        {
            var words = WordsOf(B, C, msgid: (ulong)word);
            var entry = Entry(word + 1, new EntryPayload.Reported(new IncidentId(new LogIndex(2)), words, 0, null));
            trace.Decide(A, new Effect.Persist(default, DiskWrite.Nothing with { Append = [entry] }));
        }

        return trace.Decide(
            A,
            new Effect.Persist(default, DiskWrite.Nothing with { Append = [Entry(2, Opened(OfB, C))] })
        );
    }

    private static Effect.StartHandler Starting(string handler) =>
        new(
            new HandlerCall(
                new IncidentId(new LogIndex(2)),
                handler,
                C,
                EventKind.Panic,
                OfB,
                TimeSpan.FromSeconds(1),
                new Term(1)
            ),
            new Decision(new Term(1), default)
        );
}
