using System.Collections.Immutable;
using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Tests;

public sealed class IncidentPictureTests
{
    private readonly Known known = new();
    private readonly Moments moments = new(new SetClock(5_000));

    [Fact]
    public void Story_GoesFromTheFirstWordToTheRejoin_InOrderOfTheLog()
    {
        known.Join(2);
        var word = Known.Word(3, 2, EventKind.Panic);
        var id = known.Open(2, EventKind.Panic, word, 34_000);
        known.Log(new EntryPayload.Reported(Id(id), Known.Word(4, 2, EventKind.Panic), 200, 33_800));
        known.Log(new EntryPayload.Released(Id(id), word.Id, Verdict.Recorded, ReleaseOutcome.Acked, 33_500));
        known.Log(new EntryPayload.FellSilent(Id(id), Known.LifeOf(2)));
        known.Join(2, tag: 2);

        var whole = Whole(id);

        whole.Story.Select(step => step.What).ShouldBe(["word", "word", "ack", "rejoin"]);
        whole.Story.Select(step => step.Index!.Value).ShouldBe(whole.Story.Select(step => step.Index!.Value).Order());
        whole
            .Story[0]
            .Text.ShouldBe(
                "n03 says panic of n02 (kernel device record, said 120 ms before the master had it, 34.0 s of its window left)"
            );
        whole.Window.ShouldBe(new WindowView(35_001, 33_800, 33_500));
        whole.Summary.Sentence.ShouldBe("The kernel of n02 panicked, 2 witnesses, 1 acked");
        whole.Summary.Ending.ShouldBe("rejoined with a new life");
        whole
            .Evidence.Where(slot => !slot.Filled)
            .Select(slot => slot.Name)
            .ShouldBe(["console tail", "crash dump", "reset by the management controller"]);
    }

    [Fact]
    public void Frames_AreThoseThatBroughtTheWordHere_ByRailAndRelay()
    {
        known.Join(2);
        var word = Known.Word(3, 2, EventKind.Panic);
        var id = known.Open(2, EventKind.Panic, word, 34_000);
        Whole(id).Words[0].Frames.ShouldBeEmpty();

        LinkId Link(int number, int die) => new(Known.Node(number), new Die(die), TransportKind.Grpc);
        known.Frames = known.Frames.Add(
            word.Id,
            ImmutableSortedDictionary<LinkId, int>.Empty.Add(Link(3, 0), 2).Add(Link(3, 1), 1).Add(Link(4, 0), 1)
        );

        Whole(id)
            .Words[0]
            .Frames.ShouldBe([new FrameCount("n03", 0, 2), new FrameCount("n03", 1, 1), new FrameCount("n04", 0, 1)]);
    }

    [Fact]
    public void WhoWasTold_IsTheNewestOfEachChannelAndMoment_AndANewOneChangesTheVersion()
    {
        known.Join(2);
        var id = known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic), 34_000);
        var before = Whole(id).Summary.Revision;
        Tell(NoticeStage.Started, 1, "");
        Tell(NoticeStage.Started, 2, "");
        Tell(NoticeStage.Sent, 2, "HTTP 200, 1 try");

        var whole = Whole(id);

        whole.Told.ShouldBe([new ToldView("pager", "that it began", "sent", Level.Good, 2, "n03", "HTTP 200, 1 try")]);
        whole.Summary.Revision.ShouldBe(before + 3);

        void Tell(NoticeStage stage, int attempt, string detail) =>
            known.Log(
                new EntryPayload.Notified(
                    Id(id),
                    "pager",
                    NoticeMoment.Opened,
                    stage,
                    attempt,
                    Known.Node(3),
                    7,
                    detail
                )
            );
    }

    [Fact]
    public void Moments_AreToldWhereThisProcessSawThem_AndOnlyThere()
    {
        known.Join(2);
        var id = known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic), 34_000);
        known.Log(new EntryPayload.Closed(Id(id), CloseReason.Operator, "ada"));
        moments.Note(
            new Fact.EntryCommitted(
                new Entry(
                    new LogIndex(id + 1),
                    new Term(3),
                    new EntryPayload.Closed(Id(id), CloseReason.Operator, "ada")
                )
            )
        );

        Whole(id).Story.Select(step => step.UnixMs).ShouldBe([null, 5_000]);
        Whole(id).Story[1].Text.ShouldBe("closed by an operator (ada)");
    }

    [Fact]
    public void OpenedAt_IsToldByTheWallClock()
    {
        var id = known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic), 34_000);

        // Folded 5 s ago, and 120 ms old then.
        Whole(id).Summary.OpenedUnixMs.ShouldBe(100_000 - 5_120);
    }

    [Fact]
    public void SilenceWithoutWords_SaysThatNobodySaidWhy()
    {
        var id = known.Open(2, EventKind.Silent, null);
        known.Log(
            new EntryPayload.SilenceSeen(
                Id(id),
                [Known.Node(3)],
                [new LastSight(Known.Node(4), new Fabric.Die(1), 900, false)]
            )
        );

        var whole = Whole(id);

        whole.Summary.Sentence.ShouldBe("N02 fell silent and nobody said why");
        whole.Silence.ShouldBe(
            "last heard by n04 over DIE 1, 900 ms before it was declared silent; asked for in vain through n03"
        );
        whole.Window.ShouldBeNull();
    }

    [Fact]
    public void Revision_GrowsWithEveryEntryOfTheIncident()
    {
        known.Join(2);
        var word = Known.Word(3, 2, EventKind.Panic);
        var id = known.Open(2, EventKind.Panic, word);
        var revisions = new List<int> { Whole(id).Summary.Revision };
        foreach (
            var next in new EntryPayload[]
            {
                new EntryPayload.Reported(Id(id), Known.Word(4, 2, EventKind.Panic), 0, null),
                new EntryPayload.Answered(Id(id), Verdict.Handled, 0, []),
                new EntryPayload.Released(Id(id), word.Id, Verdict.Handled, ReleaseOutcome.Acked, null),
                new EntryPayload.FellSilent(Id(id), Known.LifeOf(2)),
                new EntryPayload.Closed(Id(id), CloseReason.Operator, "ada"),
            }
        )
        {
            known.Log(next);
            revisions.Add(Whole(id).Summary.Revision);
        }

        revisions.ShouldBe(revisions.Distinct().Order());
    }

    [Fact]
    public void HostileText_IsCarriedAsTextAndCut()
    {
        var hostile = "<script>alert(1)</script>" + new string('x', 4000);
        var id = known.Open(
            2,
            EventKind.Panic,
            Known.Word(3, 2, EventKind.Panic, detail: new EventDetail.Text(hostile))
        );

        Whole(id).Words[0].Detail.ShouldBe(hostile[..512]);
    }

    private static IncidentId Id(long index) => new(new LogIndex(index));

    private IncidentView Whole(long id)
    {
        var status = known.Status();
        return IncidentPicture.Whole(status, status.Book.Incidents[Id(id)], moments, 100_000);
    }
}
