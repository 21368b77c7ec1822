using System.Diagnostics;
using ClusterRas.Protocol;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>What nodes say, as generated messages.</summary>
internal static class MessageWriter
{
    public static V1.Frame Write(Frame frame, Instant now)
    {
        var wire = new V1.Frame
        {
            Sequence = frame.Sequence,
            AckHighest = frame.AckHighest,
            AckBits = frame.AckBits,
            SentAtUs = (ulong)(now.Nanoseconds / 1000),
            Lineage = frame.Lineage.Value,
        };
        Put(wire, frame.Message, now);
        return wire;
    }

    private static void Put(V1.Frame wire, Message message, Instant now)
    {
        switch (message)
        {
            case Message.Heartbeat heartbeat:
                wire.Heartbeat = Heartbeat(heartbeat);
                break;
            case Message.AppendEntries append:
                wire.AppendEntries = AppendEntries(append);
                break;
            case Message.AppendEntriesReply reply:
                wire.AppendEntriesReply = new V1.AppendEntriesReply
                {
                    Term = (ulong)reply.Term.Value,
                    DiskHigh = LogWriter.High(reply.Disk.Value),
                    DiskLow = LogWriter.Low(reply.Disk.Value),
                    Accepted = reply.Accepted,
                    Matched = (ulong)reply.Matched.Value,
                    Probe = reply.Probe,
                };
                break;
            case Message.LinkAck:
                wire.LinkAck = new V1.LinkAck();
                break;
            case Message.LifeProbe probe:
                wire.LifeProbe = new V1.LifeProbe { Number = probe.Number };
                break;
            case Message.LifeReply answer:
                wire.LifeReply = new V1.LifeReply { Number = answer.Number, Life = LogWriter.Write(answer.Life) };
                break;
            case Message.Reporting reporting:
                wire.Reporting = new V1.Reporting { Report = Report(reporting.Report, now) };
                break;
            case Message.Answering answering:
                wire.Answering = Answering(answering);
                break;
            case Message.Releasing releasing:
                wire.Releasing = Releasing(releasing);
                break;
            case Message.Relayed relayed:
                var inner = new V1.Frame { Lineage = relayed.Lineage.Value };
                Put(inner, relayed.Inner, now);
                wire.Relayed = new V1.Relayed
                {
                    Origin = (uint)relayed.Origin.Value,
                    Destination = (uint)relayed.Destination.Value,
                    Sequence = relayed.Sequence,
                    HopsLeft = (uint)relayed.HopsLeft,
                    Inner = inner,
                };
                break;
            case Message.Hello hello:
                wire.Hello = Hello(hello);
                break;
            case Message.Refused refused:
                wire.Refused = new V1.Refused { Reason = LogWriter.Clip(refused.Reason) };
                break;
            case Message.Adopt adopt:
                wire.Adopt = new V1.Adopt { Founding = LogWriter.Write(adopt.Founding) };
                break;
            case Message.Presence presence:
                wire.Presence = Presence(presence);
                break;
            case Message.Asking asking:
                wire.Asking = new V1.Asking
                {
                    Nonce = asking.Nonce,
                    Wish = LogWriter.Bytes(EntryCodec.EncodePayload(asking.Wish)),
                };
                break;
            case Message.Granting granting:
                wire.Granting = new V1.Granting { Nonce = granting.Nonce, Refusal = LogWriter.Clip(granting.Refusal) };
                break;
            case Message.HandlerStart start:
                wire.HandlerStart = HandlerStart(start, now);
                break;
            case Message.HandlerAnswer answer:
                wire.HandlerAnswer = new V1.HandlerAnswer
                {
                    Incident = (ulong)answer.Incident.Index.Value,
                    Result = LogWriter.Write(answer.Result),
                };
                break;
            default:
                PutElection(wire, message, now);
                break;
        }
    }

    private static void PutElection(V1.Frame wire, Message message, Instant now)
    {
        switch (message)
        {
            case Message.PreVote vote:
                wire.PreVote = new V1.PreVote
                {
                    Term = (ulong)vote.Term.Value,
                    DiskHigh = LogWriter.High(vote.Disk.Value),
                    DiskLow = LogWriter.Low(vote.Disk.Value),
                    LastIndex = (ulong)vote.LastIndex.Value,
                    LastTerm = (ulong)vote.LastTerm.Value,
                    Because = OptionalReport(vote.Because, now),
                };
                break;
            case Message.PreVoteReply reply:
                wire.PreVoteReply = new V1.PreVoteReply
                {
                    Term = (ulong)reply.Term.Value,
                    DiskHigh = LogWriter.High(reply.Disk.Value),
                    DiskLow = LogWriter.Low(reply.Disk.Value),
                    Granted = reply.Granted,
                };
                break;
            case Message.RequestVote vote:
                wire.RequestVote = new V1.RequestVote
                {
                    Term = (ulong)vote.Term.Value,
                    DiskHigh = LogWriter.High(vote.Disk.Value),
                    DiskLow = LogWriter.Low(vote.Disk.Value),
                    LastIndex = (ulong)vote.LastIndex.Value,
                    LastTerm = (ulong)vote.LastTerm.Value,
                    Because = OptionalReport(vote.Because, now),
                    Transfer = vote.Transfer,
                };
                break;
            case Message.RequestVoteReply reply:
                wire.RequestVoteReply = new V1.RequestVoteReply
                {
                    Term = (ulong)reply.Term.Value,
                    DiskHigh = LogWriter.High(reply.Disk.Value),
                    DiskLow = LogWriter.Low(reply.Disk.Value),
                    Granted = reply.Granted,
                };
                break;
            case Message.InstallSnapshot install:
                wire.InstallSnapshot = new V1.InstallSnapshot
                {
                    Term = (ulong)install.Term.Value,
                    DiskHigh = LogWriter.High(install.Disk.Value),
                    DiskLow = LogWriter.Low(install.Disk.Value),
                    Snapshot = LogWriter.Write(install.Snapshot),
                    Probe = install.Probe,
                };
                break;
            case Message.TimeoutNow timeout:
                wire.TimeoutNow = new V1.TimeoutNow { Term = (ulong)timeout.Term.Value };
                break;
            default:
                throw new UnreachableException(message.GetType().Name);
        }
    }

    private static V1.Report? OptionalReport(Report? report, Instant now) =>
        report is null ? null : Report(report, now);

    private static V1.Report Report(Report report, Instant now)
    {
        var wire = new V1.Report
        {
            Words = LogWriter.Write(report.Words),
            AgeUs = TravelTime.Between(report.RaisedAt, now),
            AgeIsAtLeast = report.AgeIsAtLeast,
        };
        if (report.WindowEnds is { } ends && ends != Instant.Never)
        {
            wire.WindowLeftUs = TravelTime.Between(now, ends);
        }

        return wire;
    }

    private static V1.Heartbeat Heartbeat(Message.Heartbeat heartbeat)
    {
        var wire = new V1.Heartbeat
        {
            Life = LogWriter.Write(heartbeat.Life),
            MapVersion = (ulong)heartbeat.MapVersion,
            WallUnixMs = (ulong)heartbeat.WallUnixMs,
            TakesTurns = heartbeat.TakesTurns,
        };
        VectorFields.Write(heartbeat.Vector.AsSpan(), wire.Vector);
        return wire;
    }

    private static V1.AppendEntries AppendEntries(Message.AppendEntries append)
    {
        var wire = new V1.AppendEntries
        {
            Term = (ulong)append.Term.Value,
            DiskHigh = LogWriter.High(append.Disk.Value),
            DiskLow = LogWriter.Low(append.Disk.Value),
            PreviousIndex = (ulong)append.PreviousIndex.Value,
            PreviousTerm = (ulong)append.PreviousTerm.Value,
            CommitIndex = (ulong)append.CommitIndex.Value,
            Probe = append.Probe,
            HeldMs = (ulong)append.Held.TotalMilliseconds,
        };
        foreach (var entry in append.Entries.AsSpan())
        {
            wire.Entries.Add(LogWriter.Write(entry));
        }

        return wire;
    }

    private static V1.Answering Answering(Message.Answering answering)
    {
        var wire = new V1.Answering
        {
            Report = LogWriter.Write(answering.Report),
            Verdict = (V1.Verdict)answering.Verdict,
            Result = answering.Result,
            Term = (ulong)answering.Term.Value,
        };
        if (answering.Incident is { } incident)
        {
            wire.Incident = (ulong)incident.Index.Value;
        }

        return wire;
    }

    private static V1.Releasing Releasing(Message.Releasing releasing)
    {
        var wire = new V1.Releasing
        {
            Incident = (ulong)releasing.Incident.Index.Value,
            Report = LogWriter.Write(releasing.Report),
            Verdict = (V1.Verdict)releasing.Verdict,
            Outcome = (V1.ReleaseOutcome)releasing.Outcome,
        };
        if (releasing.LeftMs is { } leftMs)
        {
            wire.LeftMs = LogWriter.Duration(leftMs);
        }

        return wire;
    }

    private static V1.Hello Hello(Message.Hello hello)
    {
        var wire = new V1.Hello
        {
            Node = (uint)hello.Node.Value,
            Life = LogWriter.Write(hello.Life),
            DiskHigh = LogWriter.High(hello.Disk.Value),
            DiskLow = LogWriter.Low(hello.Disk.Value),
            ClusterHigh = LogWriter.High(hello.Cluster.Value),
            ClusterLow = LogWriter.Low(hello.Cluster.Value),
            TopologyDigest = hello.TopologyDigest,
            Nonce = hello.Nonce,
            Answers = hello.Answers,
            WantsAnswer = hello.WantsAnswer,
            Version = hello.Version,
        };
        wire.Recoveries.AddRange(hello.Recoveries.Select(RecoveryMarks.Write));
        wire.MapKin.AddRange(hello.MapKin);
        return wire;
    }

    private static V1.Presence Presence(Message.Presence presence)
    {
        var wire = new V1.Presence
        {
            Life = LogWriter.Write(presence.Life),
            DiskHigh = LogWriter.High(presence.Disk.Value),
            DiskLow = LogWriter.Low(presence.Disk.Value),
            Process = presence.Process,
        };
        foreach (var handler in presence.Handlers.AsSpan())
        {
            wire.Handlers.Add(handler);
        }

        return wire;
    }

    private static V1.HandlerStart HandlerStart(Message.HandlerStart start, Instant now)
    {
        var call = start.Call;
        return new V1.HandlerStart
        {
            Incident = (ulong)call.Incident.Index.Value,
            Handler = call.Handler,
            Victim = (uint)call.Victim.Value,
            Kind = (V1.EventKind)call.Kind,
            Words = call.Words is null ? null : LogWriter.Write(call.Words),
            DeadlineLeftUs = TravelTime.Remaining(call.Deadline, start.DecidedAt, now),
            Term = (ulong)call.Term.Value,
            Process = start.Process,
        };
    }
}
