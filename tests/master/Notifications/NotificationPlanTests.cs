using ClusterRas.Fabric;
using ClusterRas.Master.Notifications;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Notifications;

/// <summary>What the master does next about one notice, out of the ledger and two clocks.</summary>
public sealed class NotificationPlanTests
{
    private const int Victim = 2;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly NotificationChannel Pager = Channel(isAtMostOnce: false);
    private static readonly NotificationChannel Siren = Channel(isAtMostOnce: true);

    private readonly Known known = new();

    public NotificationPlanTests() => known.Join(Victim);

    [Fact]
    public void New_IsSent()
    {
        var id = Open(EventKind.Panic);

        Next(id).ShouldBe(new NotificationStep.Send(1));
        Next(id, NoticeMoment.Closed).ShouldBe(new NotificationStep.Wait(null));
    }

    [Fact]
    public void KindThatIsNotWanted_MayGrowIntoOneThatIs()
    {
        var id = Open(EventKind.Silent);
        var panics = Pager with { Kinds = [EventKind.Panic] };
        Next(id, channel: panics).ShouldBe(new NotificationStep.Wait(null));

        known.Log(new EntryPayload.Reported(Id(id), Known.Word(3, Victim, EventKind.Panic), 0, null));
        Next(id, channel: panics).ShouldBe(new NotificationStep.Send(1));
    }

    [Fact]
    public void KindThatIsNotWanted_IsOverOnceItsIncidentIs()
    {
        var id = Open(EventKind.Silent);
        Close(id);

        Next(id, channel: Pager with { Kinds = [EventKind.Panic] }).ShouldBeOfType<NotificationStep.Over>();
    }

    [Fact]
    public void StartedByAnEarlierMasterThatLives_IsWaitedFor_AndThenSentAgain()
    {
        var id = Open(EventKind.Panic);
        Notice(id, NoticeStage.Started, 1, by: 3);

        Next(id, masterFor: TimeSpan.FromSeconds(1)).ShouldBe(new NotificationStep.Wait(TimeSpan.FromSeconds(5)));
        Next(id, masterFor: TimeSpan.FromSeconds(6)).ShouldBe(new NotificationStep.Send(2));
    }

    [Theory]
    [InlineData(NodeHealth.Unheard)]
    [InlineData(NodeHealth.AgentDown)]
    [InlineData(NodeHealth.Unknown)]
    public void StartedByAMasterThatIsGone_IsSentAgainAtOnce_ButAProgramIsNot(NodeHealth health)
    {
        var id = Open(EventKind.Panic);
        Notice(id, NoticeStage.Started, 1, by: 3);
        known.Health[3] = health;

        Next(id, masterFor: TimeSpan.Zero).ShouldBe(new NotificationStep.Send(2));
        Next(id, masterFor: TimeSpan.Zero, channel: Siren)
            .ShouldBeOfType<NotificationStep.Record>()
            .Stage.ShouldBe(NoticeStage.Unknown);
    }

    [Fact]
    public void StartedByAMasterThatHasSaidItsLastWords_IsSentAgainAtOnce()
    {
        var id = Open(EventKind.Panic);
        Notice(id, NoticeStage.Started, 1, by: Victim);

        Next(id, masterFor: TimeSpan.Zero).ShouldBe(new NotificationStep.Send(2));
    }

    [Theory]
    [InlineData(NoticeStage.Sent, true)]
    [InlineData(NoticeStage.Failed, false)]
    [InlineData(NoticeStage.Unknown, false)]
    [InlineData(NoticeStage.Muted, false)]
    [InlineData(NoticeStage.Inhibited, false)]
    public void End_IsToldToWhomTheBeginningWasTold(NoticeStage beginning, bool isTold)
    {
        var id = Open(EventKind.Panic);
        Notice(id, beginning, 1, by: 1);
        Close(id);

        Next(id).ShouldBeOfType<NotificationStep.Over>();
        if (isTold)
        {
            Next(id, NoticeMoment.Closed).ShouldBe(new NotificationStep.Send(1));
        }
        else
        {
            Next(id, NoticeMoment.Closed).ShouldBeOfType<NotificationStep.Over>();
        }

        Next(id, NoticeMoment.Closed, channel: Pager with { TellsEnd = false }).ShouldBeOfType<NotificationStep.Over>();
    }

    [Fact]
    public void Mute_OfAnOpenIncident_IsWaitedOut_AndOfAnEndedOneRecorded()
    {
        var id = Open(EventKind.Panic);
        known.Log(new EntryPayload.Muted(Known.Node(Victim), [], 5000, true, new Warrant("anna", "", 0)));

        Next(id, nowUnixMs: 3000).ShouldBe(new NotificationStep.Wait(TimeSpan.FromSeconds(2)));
        Next(id, nowUnixMs: 5000).ShouldBe(new NotificationStep.Send(1));
        Close(id);
        Next(id, nowUnixMs: 3000).ShouldBe(new NotificationStep.Record(NoticeStage.Muted, $"mute {id + 1}, by anna"));
    }

    [Fact]
    public void Port_WaitsForItsNode_AndIsHiddenByItsDeath()
    {
        var id = Open(EventKind.LinkChange);

        Next(id, age: TimeSpan.FromSeconds(1)).ShouldBe(new NotificationStep.Wait(TimeSpan.FromSeconds(2)));
        Next(id, age: TimeSpan.FromSeconds(3)).ShouldBe(new NotificationStep.Send(1));
        var graver = Open(EventKind.Silent);
        Next(id, age: TimeSpan.FromSeconds(1))
            .ShouldBe(new NotificationStep.Record(NoticeStage.Inhibited, $"incident {graver} of the same node"));
    }

    private static IncidentId Id(long id) => new(new LogIndex(id));

    private static NotificationChannel Channel(bool isAtMostOnce) =>
        new("pager", [EventKind.Panic, EventKind.Silent, EventKind.LinkChange], true, new NoDelivery(isAtMostOnce));

    private long Open(EventKind kind) =>
        known.Open(Victim, kind, kind == EventKind.Silent ? null : Known.Word(3, Victim, kind, (ulong)kind));

    private void Close(long id) => known.Log(new EntryPayload.Closed(Id(id), CloseReason.Operator, "anna"));

    private void Notice(long id, NoticeStage stage, int attempt, int by) =>
        known.Log(
            new EntryPayload.Notified(Id(id), "pager", NoticeMoment.Opened, stage, attempt, Known.Node(by), 7, "")
        );

    private NotificationStep Next(
        long id,
        NoticeMoment moment = NoticeMoment.Opened,
        NotificationChannel? channel = null,
        TimeSpan? masterFor = null,
        TimeSpan? age = null,
        long nowUnixMs = 0
    )
    {
        var status = known.Status();
        var plan = new NotificationPlan(status, nowUnixMs, masterFor ?? Long);
        return plan.Of(status.Book.Incidents[Id(id)], channel ?? Pager, moment, age ?? Long);
    }

    private sealed class NoDelivery(bool isAtMostOnce) : INotificationDelivery
    {
        public bool IsAtMostOnce => isAtMostOnce;

        public TimeSpan Patience => TimeSpan.FromSeconds(5);

        public Task<DeliveryOutcome?> DeliverAsync(
            Notification notification,
            Func<bool> goesOn,
            Action<FailedTry> failed,
            CancellationToken stop
        ) => throw new InvalidOperationException("nothing is sent here");
    }
}
