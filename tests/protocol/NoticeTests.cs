using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What the log says about notices: one start at a time, one end, and nothing forgotten by a snapshot.</summary>
public sealed class NoticeTests
{
    private static readonly NodeId First = new(0);
    private static readonly NodeId Second = new(1);
    private static readonly IncidentId Incident = new(new LogIndex(1));
    private static readonly Warrant Anna = new("anna", "new memory", 7);

    private readonly List<Entry> log = [];

    public NoticeTests() =>
        Append(new EntryPayload.Opened(new NodeId(2), default, 0, EventKind.Silent, null, 0, null, []));

    private IncidentBook Book => log.Aggregate(IncidentBook.Empty, (book, entry) => book.Apply(entry, Instant.Zero));

    private Incident Told => Book.Incidents[Incident];

    [Fact]
    public void TwoNodes_ThatStartTheSameAttempt_AreOne()
    {
        Append(Notified(NoticeStage.Started, 1, First));
        Append(Notified(NoticeStage.Started, 1, Second));

        Told.Notices.ShouldHaveSingleItem().By.ShouldBe(First);
        Told.WhyNot(Notified(NoticeStage.Started, 1, Second))
            .ShouldBe("attempt 1 of this notice to pager is another node's");
    }

    // Found by simulated lives: a process that was started anew took the start of the one before it for its own.
    [Fact]
    public void TwoProcessesOfOneNode_ThatStartTheSameAttempt_AreOne()
    {
        Append(Notified(NoticeStage.Started, 1, First));
        var again = Notified(NoticeStage.Started, 1, First) with { Process = 8 };

        Told.WhyNot(again).ShouldNotBeEmpty();
        Told.Notices.ShouldNotContain(notice => notice.IsOf(again));
    }

    [Fact]
    public void NextAttempt_IsTheNextNumber()
    {
        Append(Notified(NoticeStage.Started, 2, First));
        Told.Notices.ShouldBeEmpty();

        Append(Notified(NoticeStage.Started, 1, First));
        Append(Notified(NoticeStage.Started, 2, Second));

        Told.FindNotice("pager", NoticeMoment.Opened)!.By.ShouldBe(Second);
    }

    [Theory]
    [InlineData(NoticeStage.Sent)]
    [InlineData(NoticeStage.Failed)]
    [InlineData(NoticeStage.Unknown)]
    [InlineData(NoticeStage.Muted)]
    [InlineData(NoticeStage.Inhibited)]
    public void Notice_ThatHasEnded_NeitherStartsNorEndsAgain(NoticeStage end)
    {
        Append(Notified(NoticeStage.Started, 1, First));
        Append(Notified(end, 1, First));
        Append(Notified(NoticeStage.Started, 2, Second));
        Append(Notified(NoticeStage.Sent, 1, Second));

        Told.Notices.Select(one => one.Stage).ShouldBe([NoticeStage.Started, end]);
    }

    [Fact]
    public void Notices_OfOtherChannelsAndMoments_AreTheirOwn()
    {
        Append(Notified(NoticeStage.Sent, 0, First));
        Append(Notified(NoticeStage.Started, 1, First) with { Moment = NoticeMoment.Closed });
        Append(Notified(NoticeStage.Started, 1, First) with { Channel = "siren" });

        Told.Notices.Count.ShouldBe(3);
    }

    [Fact]
    public void Mute_CoversItsNodeAndKindsUntilItsEndOrUntilItIsTakenBack()
    {
        var silent = Told;
        Append(new EntryPayload.Muted(new NodeId(2), [EventKind.Silent], 1000, false, Anna));

        Book.NoticeRules.Find(silent, 999)!.Value.Index.ShouldBe(new LogIndex(2));
        Book.NoticeRules.Find(silent, 1000).ShouldBeNull();
        Book.NoticeRules.Find(silent with { Victim = First }, 999).ShouldBeNull();
        Book.NoticeRules.Find(silent with { Kind = EventKind.Panic }, 999).ShouldBeNull();

        Append(new EntryPayload.Unmuted(new LogIndex(2), Anna));
        Book.NoticeRules.Find(silent, 999).ShouldBeNull();
    }

    [Fact]
    public void Mute_OfAllNodesAndKinds_CoversEverything_AndTheOneThatEndsLastIsNamed()
    {
        Append(new EntryPayload.Muted(null, [], 1000, false, Anna));
        Append(new EntryPayload.Muted(null, [], 3000, false, Anna));
        Append(new EntryPayload.Muted(null, [], 2000, false, Anna));

        Book.NoticeRules.Find(Told, 0)!.Value.Index.ShouldBe(new LogIndex(3));
    }

    [Fact]
    public void OneMuteMoreThanFits_DropsTheOneThatEndsFirst()
    {
        for (var at = 0; at <= NoticeRules.MutesMax; at++)
        {
            Append(new EntryPayload.Muted(null, [], 10_000 - at, false, Anna));
        }

        Book.NoticeRules.Mutes.Count.ShouldBe(NoticeRules.MutesMax);
        Book.NoticeRules.Mutes.Values.ShouldNotContain(mute => mute.UntilUnixMs == 10_000 - NoticeRules.MutesMax);
    }

    [Fact]
    public void Snapshot_KeepsChannelsMutesAndNotices()
    {
        Append(new EntryPayload.ChannelDeclared("pager"));
        Append(new EntryPayload.ChannelDeclared("pager"));
        Append(new EntryPayload.Muted(null, [], 1000, true, Anna));
        Append(new EntryPayload.Muted(First, [], 1000, true, Anna));
        Append(new EntryPayload.Unmuted(new LogIndex(4), Anna));
        var whole = Book;

        var (_, retained) = whole.Retain(100);
        var kept = log.Where(entry => retained.Contains(entry.Index) || entry.Payload is EntryPayload.Opened)
            .Aggregate(IncidentBook.Empty, (book, entry) => book.Apply(entry, Instant.Zero));

        kept.NoticeRules.Channels.ShouldBe(whole.NoticeRules.Channels);
        kept.NoticeRules.Mutes.ShouldBe(whole.NoticeRules.Mutes);
        whole.NoticeRules.Channels.ShouldHaveSingleItem().Value.ShouldBe(new LogIndex(2));
        whole.NoticeRules.Mutes.ShouldHaveSingleItem().Key.ShouldBe(new LogIndex(5));
    }

    private static EntryPayload.Notified Notified(NoticeStage stage, int attempt, NodeId by) =>
        new(Incident, "pager", NoticeMoment.Opened, stage, attempt, by, 7, "");

    private void Append(EntryPayload payload) => log.Add(new Entry(new LogIndex(log.Count + 1), new Term(1), payload));
}
