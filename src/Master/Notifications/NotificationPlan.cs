using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>What is to be done about one notification now.</summary>
public abstract record NotificationStep
{
    private NotificationStep() { }

    /// <summary>Nothing, and nothing later.</summary>
    public sealed record Over : NotificationStep;

    /// <summary>Nothing yet.</summary>
    /// <param name="For">Then look again; null: when something has changed.</param>
    public sealed record Wait(TimeSpan? For) : NotificationStep;

    /// <summary>Tell nobody, and say so in the ledger.</summary>
    public sealed record Record(NoticeStage Stage, string Detail) : NotificationStep;

    /// <summary>Tell, as this attempt.</summary>
    public sealed record Send(int Attempt) : NotificationStep;
}

/// <summary>Decides by the ledger alone, and by two clocks that are given to it.</summary>
/// <param name="status">Of the ready master.</param>
/// <param name="nowUnixMs">By the wall clock: mutes end by it.</param>
/// <param name="masterFor">Since this node is the ready master.</param>
public sealed class NotificationPlan(NodeStatus status, long nowUnixMs, TimeSpan masterFor)
{
    /// <summary>A port's alarm waits so long for the word, or the silence, of its node: longer than a silent death stays unknown.</summary>
    public static readonly TimeSpan LinkWaits = TimeSpan.FromSeconds(3);

    private static readonly NotificationStep Over = new NotificationStep.Over();

    /// <summary>The next step of one notification.</summary>
    /// <param name="age">Since the incident was seen here.</param>
    public NotificationStep Of(Incident incident, NotificationChannel channel, NoticeMoment moment, TimeSpan age)
    {
        if (!channel.Kinds.Contains(incident.Kind))
        {
            // What began as a silence may turn out to be a panic.
            return incident.IsOpen ? new NotificationStep.Wait(null) : Over;
        }

        var last = incident.FindNotice(channel.Name, moment);
        return last is { IsFinal: true } ? Over
            : last is not null ? AfterStart(last, channel)
            : moment == NoticeMoment.Closed ? OfEnd(incident, channel)
            : OfBeginning(incident, age);
    }

    private NotificationStep OfBeginning(Incident incident, TimeSpan age)
    {
        if (status.Book.NoticeRules.Find(incident, nowUnixMs) is { } mute)
        {
            // While it is open its end may be later than the mute's: then there is something to tell.
            return incident.IsOpen
                ? new NotificationStep.Wait(TimeSpan.FromMilliseconds(mute.Mute.UntilUnixMs - nowUnixMs))
                : new NotificationStep.Record(NoticeStage.Muted, $"mute {mute.Index}, by {mute.Mute.Warrant.By}");
        }

        if (incident.Kind != EventKind.LinkChange)
        {
            return new NotificationStep.Send(1);
        }

        return status.Book.OpenFatal(incident.Victim) is { } graver
                ? new NotificationStep.Record(NoticeStage.Inhibited, $"incident {graver.Id} of the same node")
            : age < LinkWaits ? new NotificationStep.Wait(LinkWaits - age)
            : new NotificationStep.Send(1);
    }

    private static NotificationStep OfEnd(Incident incident, NotificationChannel channel)
    {
        if (!channel.TellsEnd || incident.Closed == CloseReason.Noted)
        {
            return Over;
        }

        return incident.FindNotice(channel.Name, NoticeMoment.Opened) switch
        {
            // Who was not told that it began is not told that it is over.
            { IsFinal: true, Stage: not NoticeStage.Sent } => Over,
            { IsFinal: true } when !incident.IsOpen => new NotificationStep.Send(1),
            _ => new NotificationStep.Wait(null),
        };
    }

    /// <summary>Somebody has started it: an earlier master, or this node's process before this one.</summary>
    private NotificationStep AfterStart(NoticeRecord started, NotificationChannel channel)
    {
        var patience = channel.Delivery.Patience + TimeSpan.FromSeconds(1);
        return masterFor < patience && !IsGone(started.By) ? new NotificationStep.Wait(patience - masterFor)
            : channel.Delivery.IsAtMostOnce
                ? new NotificationStep.Record(
                    NoticeStage.Unknown,
                    "who started it is gone, and it may not be started twice"
                )
            : new NotificationStep.Send(started.Attempt + 1);
    }

    private bool IsGone(NodeId node)
    {
        if (node == status.Node || status.Book.OpenFatal(node) is not null)
        {
            return true;
        }

        var at = 0;
        foreach (var known in status.Map.Topology.Nodes)
        {
            if (known.Id == node)
            {
                return status.Health[at] is NodeHealth.Unheard or NodeHealth.AgentDown or NodeHealth.Unknown;
            }

            at++;
        }

        return true;
    }
}
