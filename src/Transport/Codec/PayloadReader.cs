using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>The bytes of what an entry says, as our vocabulary. Refusals go to the check; never throws.</summary>
internal static class PayloadReader
{
    /// <summary>An unknown type is kept as its bytes; a known one in other bytes than ours is refused.</summary>
    public static EntryPayload Read(ReadOnlySpan<byte> bytes, ref FieldCheck check)
    {
        if (bytes.IsEmpty)
        {
            check.Refuse("payload is empty");
            return new EntryPayload.NoOp();
        }

        if (!ProtoBytes.TryParse(V1.EntryPayload.Parser, bytes, out var wire, out var reason))
        {
            check.Refuse(reason);
            return new EntryPayload.NoOp();
        }

        var payload = Known(wire, ref check);
        if (payload is null)
        {
            return new EntryPayload.Unknown(EquatableArray.Create(bytes));
        }

        // The hash chain goes over these bytes, and whoever passes the entry on writes them anew.
        if (check.Refusal is null && !EntryCodec.EncodePayload(payload).AsSpan().SequenceEqual(bytes))
        {
            check.Refuse($"{wire.PayloadCase} is not written as it is here");
        }

        return payload;
    }

    private static EntryPayload? Known(V1.EntryPayload wire, ref FieldCheck check) =>
        wire.PayloadCase switch
        {
            V1.EntryPayload.PayloadOneofCase.NoOp => new EntryPayload.NoOp(),
            V1.EntryPayload.PayloadOneofCase.Founded => Founded(wire.Founded, ref check),
            V1.EntryPayload.PayloadOneofCase.Joined => new EntryPayload.Joined(
                check.Node(wire.Joined.HasNode, wire.Joined.Node, "node"),
                LogReader.Life(wire.Joined.Life, ref check),
                LogReader.Disk(wire.Joined.DiskHigh, wire.Joined.DiskLow)
            ),
            V1.EntryPayload.PayloadOneofCase.Opened => Opened(wire.Opened, ref check),
            V1.EntryPayload.PayloadOneofCase.Reported => new EntryPayload.Reported(
                check.Incident(wire.Reported.Incident),
                LogReader.Words(wire.Reported.Words, ref check),
                check.DurationMs(wire.Reported.AgeMs, "age"),
                check.DurationMs(wire.Reported.HasLeftMs, wire.Reported.LeftMs, "left")
            ),
            V1.EntryPayload.PayloadOneofCase.Answered => new EntryPayload.Answered(
                check.Incident(wire.Answered.Incident),
                check.Verdict(wire.Answered.Verdict),
                wire.Answered.Result,
                LogReader.Results(wire.Answered.Results, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.Released => new EntryPayload.Released(
                check.Incident(wire.Released.Incident),
                LogReader.Id(wire.Released.Report, ref check),
                check.Verdict(wire.Released.Verdict),
                check.Outcome(wire.Released.Outcome),
                check.DurationMs(wire.Released.HasLeftMs, wire.Released.LeftMs, "left")
            ),
            V1.EntryPayload.PayloadOneofCase.FellSilent => new EntryPayload.FellSilent(
                check.Incident(wire.FellSilent.Incident),
                LogReader.Life(wire.FellSilent.Life, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.SilenceSeen => SilenceSights.Read(wire.SilenceSeen, ref check),
            V1.EntryPayload.PayloadOneofCase.Closed => new EntryPayload.Closed(
                check.Incident(wire.Closed.Incident),
                check.CloseReason(wire.Closed.Reason),
                check.Text(wire.Closed.By, "by")
            ),
            V1.EntryPayload.PayloadOneofCase.HandlerDeclared => new EntryPayload.HandlerDeclared(
                LogReader.Handler(wire.HandlerDeclared.Handler, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.HandlerDropped => new EntryPayload.HandlerDropped(
                check.Name(wire.HandlerDropped.Name, "handler")
            ),
            V1.EntryPayload.PayloadOneofCase.GroupChanged => GroupChanged(wire.GroupChanged, ref check),
            V1.EntryPayload.PayloadOneofCase.DiskLost => new EntryPayload.DiskLost(
                check.Node(wire.DiskLost.HasNode, wire.DiskLost.Node, "node"),
                LogReader.Disk(wire.DiskLost.OldHigh, wire.DiskLost.OldLow),
                LogReader.Disk(wire.DiskLost.NewHigh, wire.DiskLost.NewLow)
            ),
            V1.EntryPayload.PayloadOneofCase.StopPlanned => new EntryPayload.StopPlanned(
                check.Node(wire.StopPlanned.HasNode, wire.StopPlanned.Node, "node"),
                LogReader.Life(wire.StopPlanned.Life, ref check),
                wire.StopPlanned.IsOff,
                Warrant(wire.StopPlanned.Warrant, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.HandoverAsked => new EntryPayload.HandoverAsked(
                wire.HandoverAsked.HasTo ? check.Node(true, wire.HandoverAsked.To, "to") : null,
                Warrant(wire.HandoverAsked.Warrant, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.Recovered => new EntryPayload.Recovered(
                check.Epoch(wire.Recovered.Epoch),
                check.Term(wire.Recovered.BaseTerm),
                LogReader.Seat(wire.Recovered.Survivor, "survivor", ref check),
                LogReader.Voters(wire.Recovered.Lost, ref check),
                Warrant(wire.Recovered.Warrant, ref check)
            ),
            V1.EntryPayload.PayloadOneofCase.MapChanged => MapChanges.Read(
                wire.MapChanged,
                Warrant(wire.MapChanged.Warrant, ref check),
                ref check
            ),
            V1.EntryPayload.PayloadOneofCase.Notified => NoticeEntries.Read(wire.Notified, ref check),
            V1.EntryPayload.PayloadOneofCase.ChannelDeclared => new EntryPayload.ChannelDeclared(
                check.Name(wire.ChannelDeclared.Name, "channel")
            ),
            V1.EntryPayload.PayloadOneofCase.Muted => NoticeEntries.Read(
                wire.Muted,
                Warrant(wire.Muted.Warrant, ref check),
                ref check
            ),
            V1.EntryPayload.PayloadOneofCase.Unmuted => new EntryPayload.Unmuted(
                check.Index(wire.Unmuted.Mute, "mute"),
                Warrant(wire.Unmuted.Warrant, ref check)
            ),
            _ => null,
        };

    private static Warrant Warrant(V1.Warrant? wire, ref FieldCheck check)
    {
        if (wire is null)
        {
            check.Refuse("warrant is not set");
            return new Warrant("", "", 0);
        }

        return new Warrant(
            check.Text(wire.By, "by"),
            check.Text(wire.Why, "why"),
            check.Index(wire.UnixMs, "unix_ms").Value
        );
    }

    private static EntryPayload.Founded Founded(V1.Founded wire, ref FieldCheck check) =>
        new(LogReader.Cluster(wire.ClusterHigh, wire.ClusterLow), LogReader.Voters(wire.Voters, ref check));

    private static EntryPayload.GroupChanged GroupChanged(V1.GroupChanged wire, ref FieldCheck check) =>
        new(
            LogReader.Voters(wire.Voters, ref check),
            LogReader.Seat(wire.Changed, "changed voter", ref check),
            check.GroupCause(wire.Cause),
            wire.Incident == 0 ? null : check.Incident(wire.Incident)
        );

    private static EntryPayload.Opened Opened(V1.Opened wire, ref FieldCheck check) =>
        new(
            check.Node(wire.HasVictim, wire.Victim, "victim"),
            LogReader.Life(wire.Life, ref check),
            check.Count(wire.Claim, "claim"),
            check.Kind(wire.Kind),
            LogReader.OptionalWords(wire.Words, ref check),
            check.DurationMs(wire.AgeMs, "age"),
            check.DurationMs(wire.HasLeftMs, wire.LeftMs, "left"),
            LogReader.Handlers(wire.Handlers, ref check)
        );
}
