using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Google.Protobuf.Collections;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Generated messages of a link, as our vocabulary. Refusals go to the check; never throws.</summary>
internal static class MessageReader
{
    /// <summary>Stands where a refused message was, which nobody sees, or one of a kind that only a newer rasd knows.</summary>
    private static readonly Message Nothing = new Message.LinkAck();

    public static Message Read(V1.Frame wire, Instant now, ref FieldCheck check)
    {
        switch (wire.MessageCase)
        {
            case V1.Frame.MessageOneofCase.Heartbeat:
                return Heartbeat(wire.Heartbeat, ref check);
            case V1.Frame.MessageOneofCase.AppendEntries:
                return AppendEntries(wire.AppendEntries, ref check);
            case V1.Frame.MessageOneofCase.AppendEntriesReply:
                var reply = wire.AppendEntriesReply;
                return new Message.AppendEntriesReply(
                    check.Term(reply.Term),
                    LogReader.Disk(reply.DiskHigh, reply.DiskLow),
                    reply.Accepted,
                    check.Index(reply.Matched, "matched"),
                    reply.Probe
                );
            case V1.Frame.MessageOneofCase.LinkAck:
                return new Message.LinkAck();
            case V1.Frame.MessageOneofCase.LifeProbe:
                return new Message.LifeProbe(wire.LifeProbe.Number);
            case V1.Frame.MessageOneofCase.LifeReply:
                return new Message.LifeReply(wire.LifeReply.Number, LogReader.Life(wire.LifeReply.Life, ref check));
            case V1.Frame.MessageOneofCase.Reporting:
                return Reporting(wire.Reporting, now, ref check);
            case V1.Frame.MessageOneofCase.Answering:
                var answering = wire.Answering;
                return new Message.Answering(
                    LogReader.Id(answering.Report, ref check),
                    answering.HasIncident ? check.Incident(answering.Incident) : null,
                    check.Verdict(answering.Verdict),
                    answering.Result,
                    check.Term(answering.Term),
                    now
                );
            case V1.Frame.MessageOneofCase.Releasing:
                var releasing = wire.Releasing;
                return new Message.Releasing(
                    check.Incident(releasing.Incident),
                    LogReader.Id(releasing.Report, ref check),
                    check.Verdict(releasing.Verdict),
                    check.Outcome(releasing.Outcome),
                    check.DurationMs(releasing.HasLeftMs, releasing.LeftMs, "left")
                );
            case V1.Frame.MessageOneofCase.Relayed:
                return Relayed(wire.Relayed, now, ref check);
            case V1.Frame.MessageOneofCase.Hello:
                return Hello(wire.Hello, ref check);
            case V1.Frame.MessageOneofCase.Refused:
                return new Message.Refused(check.Text(wire.Refused.Reason, "reason"));
            case V1.Frame.MessageOneofCase.Adopt:
                return new Message.Adopt(LogReader.Entry(wire.Adopt.Founding, ref check));
            case V1.Frame.MessageOneofCase.Presence:
                return Presence(wire.Presence, ref check);
            case V1.Frame.MessageOneofCase.Asking:
                return new Message.Asking(wire.Asking.Nonce, PayloadReader.Read(wire.Asking.Wish.Span, ref check));
            case V1.Frame.MessageOneofCase.Granting:
                return new Message.Granting(wire.Granting.Nonce, check.Text(wire.Granting.Refusal, "refusal"));
            case V1.Frame.MessageOneofCase.HandlerStart:
                return HandlerStart(wire.HandlerStart, now, ref check);
            case V1.Frame.MessageOneofCase.HandlerAnswer:
                return new Message.HandlerAnswer(
                    check.Incident(wire.HandlerAnswer.Incident),
                    LogReader.Result(wire.HandlerAnswer.Result, ref check)
                );
            default:
                return ReadElection(wire, now, ref check);
        }
    }

    private static Message ReadElection(V1.Frame wire, Instant now, ref FieldCheck check)
    {
        switch (wire.MessageCase)
        {
            case V1.Frame.MessageOneofCase.PreVote:
                var preVote = wire.PreVote;
                return new Message.PreVote(
                    check.Term(preVote.Term),
                    LogReader.Disk(preVote.DiskHigh, preVote.DiskLow),
                    check.Index(preVote.LastIndex, "last index"),
                    check.Term(preVote.LastTerm),
                    OptionalReport(preVote.Because, now, ref check)
                );
            case V1.Frame.MessageOneofCase.PreVoteReply:
                var preVoteReply = wire.PreVoteReply;
                return new Message.PreVoteReply(
                    check.Term(preVoteReply.Term),
                    LogReader.Disk(preVoteReply.DiskHigh, preVoteReply.DiskLow),
                    preVoteReply.Granted
                );
            case V1.Frame.MessageOneofCase.RequestVote:
                var vote = wire.RequestVote;
                return new Message.RequestVote(
                    check.Term(vote.Term),
                    LogReader.Disk(vote.DiskHigh, vote.DiskLow),
                    check.Index(vote.LastIndex, "last index"),
                    check.Term(vote.LastTerm),
                    OptionalReport(vote.Because, now, ref check),
                    vote.Transfer
                );
            case V1.Frame.MessageOneofCase.RequestVoteReply:
                var voteReply = wire.RequestVoteReply;
                return new Message.RequestVoteReply(
                    check.Term(voteReply.Term),
                    LogReader.Disk(voteReply.DiskHigh, voteReply.DiskLow),
                    voteReply.Granted
                );
            case V1.Frame.MessageOneofCase.InstallSnapshot:
                var install = wire.InstallSnapshot;
                return new Message.InstallSnapshot(
                    check.Term(install.Term),
                    LogReader.Disk(install.DiskHigh, install.DiskLow),
                    LogReader.Snapshot(install.Snapshot, ref check),
                    install.Probe
                );
            case V1.Frame.MessageOneofCase.TimeoutNow:
                return new Message.TimeoutNow(check.Term(wire.TimeoutNow.Term));
            default:
                // What a newer rasd says is lost on this one. That it came is not: a number that is never acknowledged would have the link
                // doubted and dialled anew, again and again, until all nodes run the same.
                if (wire.Sequence == 0)
                {
                    check.Refuse("says nothing that is known here");
                }

                return Nothing;
        }
    }

    private static Message Reporting(V1.Reporting wire, Instant now, ref FieldCheck check)
    {
        if (OptionalReport(wire.Report, now, ref check) is { } report)
        {
            return new Message.Reporting(report);
        }

        check.Refuse("report is not set");
        return Nothing;
    }

    private static Report? OptionalReport(V1.Report? wire, Instant now, ref FieldCheck check)
    {
        if (wire is null)
        {
            return null;
        }

        var hasWindow = wire.HasWindowLeftUs && wire.WindowLeftUs != ulong.MaxValue;
        return new Report(
            LogReader.Words(wire.Words, ref check),
            TravelTime.Before(now, wire.AgeUs, ref check),
            hasWindow ? TravelTime.After(now, wire.WindowLeftUs, ref check) : null,
            wire.AgeIsAtLeast
        );
    }

    private static Message Relayed(V1.Relayed wire, Instant now, ref FieldCheck check)
    {
        if (wire.Inner is not { } inner || inner.MessageCase == V1.Frame.MessageOneofCase.Relayed)
        {
            check.Refuse("relays nothing, or a relayed frame");
            return Nothing;
        }

        if (inner.Sequence != 0 || inner.AckHighest != 0 || inner.AckBits != 0)
        {
            check.Refuse("relayed frame with a header");
        }

        if (wire.HopsLeft > CodecLimits.HopsMax)
        {
            check.Refuse($"{wire.HopsLeft} hops left");
        }

        return new Message.Relayed(
            check.Node(wire.HasOrigin, wire.Origin, "origin"),
            check.Node(wire.HasDestination, wire.Destination, "destination"),
            wire.Sequence,
            (int)Math.Min(wire.HopsLeft, CodecLimits.HopsMax),
            Read(inner, now, ref check)
        )
        {
            Lineage = new Lineage(inner.Lineage),
        };
    }

    private static Message.Heartbeat Heartbeat(V1.Heartbeat wire, ref FieldCheck check)
    {
        var life = LogReader.Life(wire.Life, ref check);
        return new Message.Heartbeat(life, LogReader.Take(VectorFields.Read(wire.Vector, ref check)))
        {
            MapVersion = check.Index(wire.MapVersion, "map version").Value,
            TakesTurns = wire.TakesTurns,
            // A clock that is wrong costs nobody a heartbeat: what is no time is as if it were not said.
            WallUnixMs = wire.WallUnixMs <= CodecLimits.UnixMsMax ? (long)wire.WallUnixMs : 0,
        };
    }

    private static Message.AppendEntries AppendEntries(V1.AppendEntries wire, ref FieldCheck check) =>
        new(
            check.Term(wire.Term),
            LogReader.Disk(wire.DiskHigh, wire.DiskLow),
            check.Index(wire.PreviousIndex, "previous index"),
            check.Term(wire.PreviousTerm),
            check.Index(wire.CommitIndex, "commit index"),
            wire.Probe,
            LogReader.Entries(wire.Entries, CodecLimits.EntriesPerAppendMax, ref check)
        )
        {
            Held = TimeSpan.FromMilliseconds(check.DurationMs(wire.HeldMs, "held")),
        };

    private static Message.Hello Hello(V1.Hello wire, ref FieldCheck check) =>
        new(
            check.Node(wire.HasNode, wire.Node, "node"),
            LogReader.Life(wire.Life, ref check),
            LogReader.Disk(wire.DiskHigh, wire.DiskLow),
            LogReader.Cluster(wire.ClusterHigh, wire.ClusterLow),
            check.Digest(wire.TopologyDigest),
            wire.Nonce,
            wire.Answers,
            wire.WantsAnswer
        )
        {
            Recoveries = RecoveryMarks.Read(wire.Recoveries, ref check),
            MapKin = MapChanges.Digests(wire.MapKin, ref check),
            Version = check.Text(wire.Version, "version"),
        };

    private static Message.Presence Presence(V1.Presence wire, ref FieldCheck check) =>
        new(
            LogReader.Life(wire.Life, ref check),
            LogReader.Disk(wire.DiskHigh, wire.DiskLow),
            wire.Process,
            Names(wire.Handlers, ref check)
        );

    private static EquatableArray<string> Names(RepeatedField<string> wire, ref FieldCheck check)
    {
        if (!check.Fits(wire.Count, CodecLimits.HandlersMax, "handlers"))
        {
            return [];
        }

        var names = new string[wire.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = check.Name(wire[i], "handler");
        }

        return LogReader.Take(names);
    }

    private static Message.HandlerStart HandlerStart(V1.HandlerStart wire, Instant now, ref FieldCheck check) =>
        new(
            new HandlerCall(
                check.Incident(wire.Incident),
                check.Name(wire.Handler, "handler"),
                check.Node(wire.HasVictim, wire.Victim, "victim"),
                check.Kind(wire.Kind),
                wire.Words is null ? null : LogReader.Words(wire.Words, ref check),
                TravelTime.Span(wire.DeadlineLeftUs, ref check),
                check.Term(wire.Term)
            ),
            wire.Process,
            now
        );
}
