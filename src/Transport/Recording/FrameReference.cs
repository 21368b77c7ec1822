using ClusterRas.Protocol;

namespace ClusterRas.Transport.Recording;

/// <summary>An instant from which the durations of a frame give back exactly the instants that are in it.</summary>
internal static class FrameReference
{
    /// <summary>A frame has times of one word or one decision at most, made by counting whole microseconds from the instant of its arrival. So
    /// each of them is a whole number of microseconds from the earliest.</summary>
    public static Instant Of(Message message) =>
        message switch
        {
            Message.Reporting reporting => reporting.Report.RaisedAt,
            Message.PreVote { Because: { } word } => word.RaisedAt,
            Message.RequestVote { Because: { } word } => word.RaisedAt,
            Message.Answering answering => answering.DecidedAt,
            Message.HandlerStart start => start.DecidedAt,
            Message.Relayed relayed => Of(relayed.Inner),
            _ => Instant.Zero,
        };
}
