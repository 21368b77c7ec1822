using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Which turn of an incident people are told of.</summary>
public enum NoticeMoment
{
    /// <summary>It is committed.</summary>
    Opened = 1,

    /// <summary>It is over.</summary>
    Closed = 2,
}

/// <summary>How far one notice has come. All but the first are final.</summary>
public enum NoticeStage
{
    /// <summary>A node is about to send it.</summary>
    Started = 1,

    /// <summary>The receiver has taken it.</summary>
    Sent = 2,

    /// <summary>It was tried as often as its channel wants, in vain.</summary>
    Failed = 3,

    /// <summary>Who started it is gone, and it may not be started twice.</summary>
    Unknown = 4,

    /// <summary>An operator wanted none of this.</summary>
    Muted = 5,

    /// <summary>A graver incident of the same node hides it.</summary>
    Inhibited = 6,
}

/// <summary>What is known of one notice of one incident to one channel, as committed.</summary>
/// <param name="Index">Its entry.</param>
/// <param name="Channel">To whom.</param>
/// <param name="Attempt">Starts so far: 2 and more may be repeats of what the receiver has.</param>
/// <param name="By">The node that sends it, or found out.</param>
/// <param name="Process">Which process of that node.</param>
/// <param name="Detail">For people; empty: nothing to say.</param>
public sealed record NoticeRecord(
    LogIndex Index,
    string Channel,
    NoticeMoment Moment,
    NoticeStage Stage,
    int Attempt,
    NodeId By,
    ulong Process,
    string Detail
)
{
    /// <summary>Nothing comes after it.</summary>
    public bool IsFinal => Stage != NoticeStage.Started;

    /// <summary>The record that this entry makes.</summary>
    public static NoticeRecord Of(LogIndex index, EntryPayload.Notified notified) =>
        new(
            index,
            notified.Channel,
            notified.Moment,
            notified.Stage,
            notified.Attempt,
            notified.By,
            notified.Process,
            notified.Detail
        );

    /// <summary>It says what this wish says.</summary>
    public bool IsOf(EntryPayload.Notified wish) => this == Of(Index, wish);
}

public sealed partial record Incident
{
    /// <summary>Whom people were told by of this incident, in order of the log.</summary>
    public EquatableArray<NoticeRecord> Notices { get; init; } = [];

    /// <summary>The newest record of one notice; null: nobody has begun it.</summary>
    public NoticeRecord? FindNotice(string channel, NoticeMoment moment)
    {
        for (var at = Notices.Count - 1; at >= 0; at--)
        {
            if (Notices[at].Channel == channel && Notices[at].Moment == moment)
            {
                return Notices[at];
            }
        }

        return null;
    }

    /// <summary>Why this may not be the next record of its notice; empty: it may. A notice is started by one at a time, and ends once.</summary>
    public string WhyNot(EntryPayload.Notified next)
    {
        var last = FindNotice(next.Channel, next.Moment);
        return last is { IsFinal: true } ? $"this notice to {next.Channel} is over: {last.Stage}"
            : next.Stage != NoticeStage.Started || next.Attempt == (last?.Attempt ?? 0) + 1 ? ""
            : $"attempt {last?.Attempt ?? 0} of this notice to {next.Channel} is another node's";
    }
}
