using System.Diagnostics;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>What an entry says, as a generated message.</summary>
internal static class PayloadWriter
{
    public static V1.EntryPayload Write(EntryPayload payload) =>
        payload switch
        {
            EntryPayload.NoOp => new() { NoOp = new V1.NoOp() },
            EntryPayload.Founded founded => new() { Founded = Founded(founded) },
            EntryPayload.Joined joined => new()
            {
                Joined = new V1.Joined
                {
                    Node = (uint)joined.Node.Value,
                    Life = LogWriter.Write(joined.Life),
                    DiskHigh = LogWriter.High(joined.Disk.Value),
                    DiskLow = LogWriter.Low(joined.Disk.Value),
                },
            },
            EntryPayload.Opened opened => new() { Opened = Opened(opened) },
            EntryPayload.Reported reported => new() { Reported = Reported(reported) },
            EntryPayload.Answered answered => new() { Answered = Answered(answered) },
            EntryPayload.Released released => new() { Released = Released(released) },
            EntryPayload.SilenceSeen seen => new() { SilenceSeen = SilenceSights.Write(seen) },
            EntryPayload.FellSilent silent => new()
            {
                FellSilent = new V1.FellSilent
                {
                    Incident = (ulong)silent.Incident.Index.Value,
                    Life = LogWriter.Write(silent.Life),
                },
            },
            EntryPayload.Closed closed => new()
            {
                Closed = new V1.Closed
                {
                    Incident = (ulong)closed.Incident.Index.Value,
                    Reason = (V1.CloseReason)closed.Reason,
                    By = LogWriter.Clip(closed.By),
                },
            },
            EntryPayload.HandlerDeclared declared => new()
            {
                HandlerDeclared = new V1.HandlerDeclared { Handler = LogWriter.Write(declared.Handler) },
            },
            EntryPayload.HandlerDropped dropped => new()
            {
                HandlerDropped = new V1.HandlerDropped { Name = dropped.Name },
            },
            EntryPayload.GroupChanged changed => new() { GroupChanged = GroupChanged(changed) },
            EntryPayload.DiskLost lost => new()
            {
                DiskLost = new V1.DiskLost
                {
                    Node = (uint)lost.Node.Value,
                    OldHigh = LogWriter.High(lost.Old.Value),
                    OldLow = LogWriter.Low(lost.Old.Value),
                    NewHigh = LogWriter.High(lost.New.Value),
                    NewLow = LogWriter.Low(lost.New.Value),
                },
            },
            EntryPayload.StopPlanned stop => new()
            {
                StopPlanned = new V1.StopPlanned
                {
                    Node = (uint)stop.Node.Value,
                    Life = LogWriter.Write(stop.Life),
                    IsOff = stop.IsOff,
                    Warrant = Write(stop.Warrant),
                },
            },
            EntryPayload.HandoverAsked asked => new() { HandoverAsked = HandoverAsked(asked) },
            EntryPayload.Recovered recovered => new() { Recovered = Recovered(recovered) },
            EntryPayload.MapChanged changed => new() { MapChanged = MapChanges.Write(changed, Write(changed.Warrant)) },
            EntryPayload.Notified notified => new() { Notified = NoticeEntries.Write(notified) },
            EntryPayload.ChannelDeclared declared => new()
            {
                ChannelDeclared = new V1.ChannelDeclared { Name = declared.Name },
            },
            EntryPayload.Muted muted => new() { Muted = NoticeEntries.Write(muted, Write(muted.Warrant)) },
            EntryPayload.Unmuted unmuted => new()
            {
                Unmuted = new V1.Unmuted { Mute = (ulong)unmuted.Mute.Value, Warrant = Write(unmuted.Warrant) },
            },
            _ => throw new UnreachableException(payload.GetType().Name),
        };

    private static V1.HandoverAsked HandoverAsked(EntryPayload.HandoverAsked asked)
    {
        var wire = new V1.HandoverAsked { Warrant = Write(asked.Warrant) };
        if (asked.To is { } to)
        {
            wire.To = (uint)to.Value;
        }

        return wire;
    }

    private static V1.Recovered Recovered(EntryPayload.Recovered recovered)
    {
        var wire = new V1.Recovered
        {
            Epoch = (ulong)recovered.Epoch,
            BaseTerm = (ulong)recovered.BaseTerm.Value,
            Survivor = LogWriter.Write(recovered.Survivor),
            Warrant = Write(recovered.Warrant),
        };
        foreach (var voter in recovered.Lost.AsSpan())
        {
            wire.Lost.Add(LogWriter.Write(voter));
        }

        return wire;
    }

    private static V1.Warrant Write(Warrant warrant) =>
        new()
        {
            By = LogWriter.Clip(warrant.By),
            Why = LogWriter.Clip(warrant.Why),
            UnixMs = (ulong)Math.Max(0, warrant.UnixMs),
        };

    private static V1.Founded Founded(EntryPayload.Founded founded)
    {
        var wire = new V1.Founded
        {
            ClusterHigh = LogWriter.High(founded.Cluster.Value),
            ClusterLow = LogWriter.Low(founded.Cluster.Value),
        };
        foreach (var voter in founded.Voters.AsSpan())
        {
            wire.Voters.Add(LogWriter.Write(voter));
        }

        return wire;
    }

    private static V1.GroupChanged GroupChanged(EntryPayload.GroupChanged changed)
    {
        var wire = new V1.GroupChanged
        {
            Changed = LogWriter.Write(changed.Changed),
            Cause = (V1.GroupCause)changed.Cause,
            Incident = (ulong)(changed.Incident?.Index.Value ?? 0),
        };
        foreach (var voter in changed.Voters.AsSpan())
        {
            wire.Voters.Add(LogWriter.Write(voter));
        }

        return wire;
    }

    private static V1.Opened Opened(EntryPayload.Opened opened)
    {
        var wire = new V1.Opened
        {
            Victim = (uint)opened.Victim.Value,
            Life = LogWriter.Write(opened.Life),
            Claim = (uint)opened.Claim,
            Kind = (V1.EventKind)opened.Kind,
            Words = opened.Words is { } words ? LogWriter.Write(words) : null,
            AgeMs = LogWriter.Duration(opened.AgeMs),
        };
        if (opened.LeftMs is { } leftMs)
        {
            wire.LeftMs = LogWriter.Duration(leftMs);
        }

        foreach (var handler in opened.Handlers.AsSpan())
        {
            wire.Handlers.Add(LogWriter.Write(handler));
        }

        return wire;
    }

    private static V1.Reported Reported(EntryPayload.Reported reported)
    {
        var wire = new V1.Reported
        {
            Incident = (ulong)reported.Incident.Index.Value,
            Words = LogWriter.Write(reported.Words),
            AgeMs = LogWriter.Duration(reported.AgeMs),
        };
        if (reported.LeftMs is { } leftMs)
        {
            wire.LeftMs = LogWriter.Duration(leftMs);
        }

        return wire;
    }

    private static V1.Answered Answered(EntryPayload.Answered answered)
    {
        var wire = new V1.Answered
        {
            Incident = (ulong)answered.Incident.Index.Value,
            Verdict = (V1.Verdict)answered.Verdict,
            Result = answered.Result,
        };
        foreach (var result in answered.Results.AsSpan())
        {
            wire.Results.Add(LogWriter.Write(result));
        }

        return wire;
    }

    private static V1.Released Released(EntryPayload.Released released)
    {
        var wire = new V1.Released
        {
            Incident = (ulong)released.Incident.Index.Value,
            Report = LogWriter.Write(released.Report),
            Verdict = (V1.Verdict)released.Verdict,
            Outcome = (V1.ReleaseOutcome)released.Outcome,
        };
        if (released.LeftMs is { } leftMs)
        {
            wire.LeftMs = LogWriter.Duration(leftMs);
        }

        return wire;
    }
}
