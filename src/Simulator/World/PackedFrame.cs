using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>A frame on the wire: its times are ages and remaining durations, taken at the sender's clock.</summary>
internal readonly struct PackedFrame(Frame frame, Instant sentAt)
{
    /// <summary>The frame as the receiver reads it, on its own clock.</summary>
    public Frame Open(Instant now)
    {
        var shift = now - sentAt;
        return frame with { Message = Shift(frame.Message, shift, now) };
    }

    private Message Shift(Message message, TimeSpan by, Instant now) =>
        message switch
        {
            Message.Reporting reporting => new Message.Reporting(Shift(reporting.Report, by)),
            Message.PreVote { Because: { } because } vote => vote with { Because = Shift(because, by) },
            Message.RequestVote { Because: { } because } vote => vote with { Because = Shift(because, by) },
            Message.Answering answering => answering with { DecidedAt = now },
            Message.HandlerStart start => start with { DecidedAt = now },
            Message.Relayed relayed => relayed with { Inner = Shift(relayed.Inner, by, now) },
            _ => message,
        };

    private Report Shift(Report report, TimeSpan by) =>
        report with
        {
            // An age is never negative on the wire.
            RaisedAt = Instant.Min(report.RaisedAt, sentAt) + by,
            WindowEnds = report.WindowEnds is { } ends ? ends + by : null,
        };
}
