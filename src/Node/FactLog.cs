using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Turns facts into log lines, with the topology's names in place of numbers. The only place that does.</summary>
internal sealed class FactLog(ILogger log, CurrentMap map)
{
    private readonly Dictionary<string, long> dropped = [];

    /// <summary>Frames that made no sense, by reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped => dropped;

    /// <summary>Writes one fact; called by the loop alone.</summary>
    public void Write(Fact fact)
    {
        switch (fact)
        {
            case Fact.LinkUp up:
                log.LinkUp(Name(up.Link.Peer), up.Link.Die.Value);
                break;
            case Fact.LinkDown down:
                log.LinkDown(Name(down.Link.Peer), down.Link.Die.Value, down.Loss);
                break;
            case Fact.LinkSuspect suspect:
                log.LinkSuspect(
                    Name(suspect.Link.Peer),
                    suspect.Link.Die.Value,
                    (long)suspect.Waited.TotalMilliseconds
                );
                break;
            case Fact.LinkSound sound:
                log.LinkSound(Name(sound.Link.Peer), sound.Link.Die.Value);
                break;
            case Fact.PeerRefused refused:
                log.PeerRefused(Name(refused.Link.Peer), refused.Link.Die.Value, refused.Reason);
                break;
            case Fact.RefusedByPeer refused:
                log.RefusedByPeer(Name(refused.Link.Peer), refused.Link.Die.Value, refused.Reason);
                break;
            case Fact.RoleChanged role:
                log.RoleChanged(role.Role, role.Term.Value);
                break;
            case Fact.MasterChanged master:
                log.MasterChanged(master.Master is { } node ? Name(node) : "nobody", master.Term.Value);
                break;
            case Fact.FirstStartWaits waits:
                log.FirstStartWaits(waits.Reason);
                break;
            case Fact.ClusterFounded founded:
                log.ClusterFounded(founded.Cluster);
                break;
            case Fact.ClusterAdopted adopted:
                log.ClusterAdopted(adopted.Cluster);
                break;
            case Fact.GroupChanging changing:
                log.GroupChanging(Name(changing.Change.Changed.Node), Step(changing.Change), changing.Change.Cause);
                break;
            case Fact.GroupChanged changed:
                log.GroupChanged(
                    string.Join(", ", changed.Change.Voters.Select(voter => Name(voter.Node))),
                    Name(changed.Change.Changed.Node),
                    Step(changed.Change),
                    changed.Change.Cause
                );
                break;
            case Fact.GroupChangeWaits waits:
                log.GroupChangeWaits(Name(waits.Node), waits.Reason);
                break;
            case Fact.DiskWentBack back:
                log.DiskWentBack(Name(back.Node), back.Known.Value, back.Said.Value);
                break;
            case Fact.RecoveryLearned learned:
                log.RecoveryLearned(learned.Mark.Epoch, Name(learned.Mark.Survivor.Node));
                break;
            case Fact.Retired retired:
                log.Retired(retired.Reason);
                break;
            case Fact.MapTaken taken:
                log.MapTaken(taken.Version, taken.Digest[..12], taken.NodeCount);
                break;
            case Fact.MapUnreadable unreadable:
                log.MapUnreadable(unreadable.Version, unreadable.Problem);
                break;
            case Fact.WordRaised raised:
                log.WordRaised(raised.Words.Kind, About(raised.Words), raised.Words.Id, Left(raised.LeftMs));
                break;
            case Fact.CopySwallowed copy:
                log.CopySwallowed(copy.Report);
                break;
            case Fact.WordReceived received:
                log.WordReceived(received.Report.Kind, Name(received.Witness), received.Report);
                break;
            case Fact.UnknownVictim unknown:
                log.UnknownVictim(unknown.Report, unknown.Address);
                break;
            case Fact.AnswerSent answer:
                log.AnswerSent(
                    answer.Verdict,
                    Name(answer.Report.Witness),
                    answer.Report,
                    answer.Incident?.Index.Value ?? 0
                );
                break;
            case Fact.ReleaseDone release:
                log.ReleaseDone(release.Outcome, release.Verdict, release.Report, Left(release.LeftMs));
                break;
            case Fact.WindowEnded ended:
                log.WindowEnded(ended.Report);
                break;
            case Fact.OutboxShed shed:
                log.OutboxShed(shed.Report);
                break;
            case Fact.StorageStalled stalled:
                log.StorageStalled(stalled.Reason);
                break;
            case Fact.StorageResumed:
                log.StorageResumed();
                break;
            case Fact.Paused paused:
                log.Paused((long)paused.For.TotalMilliseconds);
                break;
            case Fact.Starved starved:
                log.Starved((long)starved.For.TotalMilliseconds);
                break;
            case Fact.NodeSuspected suspected:
                log.NodeSuspected(
                    Name(suspected.Node),
                    (long)suspected.For.TotalMilliseconds,
                    suspected.Through.Count == 0 ? "nobody" : string.Join(", ", suspected.Through.Select(Name))
                );
                break;
            case Fact.SuspicionRefuted refuted:
                log.SuspicionRefuted(Name(refuted.Node), refuted.Through is { } peer ? $" through {Name(peer)}" : "");
                break;
            case Fact.HealthChanged health:
                log.HealthChanged(Name(health.Node), health.Health);
                break;
            case Fact.DecisionStale stale:
                log.DecisionStale(stale.What);
                break;
            case Fact.FrameDropped frame:
                dropped[frame.Reason] = dropped.GetValueOrDefault(frame.Reason) + 1;
                break;
            case Fact.EntryCommitted committed:
                WriteEntry(committed.Entry);
                break;
            case Fact.IncidentClosed { Reason: CloseReason.Noted }:
                // Over as soon as it was opened, which is told.
                break;
            case Fact.IncidentClosed closed:
                log.IncidentClosed(closed.Incident.Index.Value, closed.Reason, closed.By);
                break;
            default:
                throw new InvalidOperationException($"no log line for {fact.GetType().Name}");
        }
    }

    private void WriteEntry(Entry entry)
    {
        switch (entry.Payload)
        {
            case EntryPayload.Joined joined:
                log.NodeJoined(Name(joined.Node), joined.Life.Boot, joined.Life.Tag, entry.Index.Value);
                break;
            case EntryPayload.Opened opened:
                log.IncidentOpened(entry.Index.Value, opened.Kind, Name(opened.Victim), entry.Term.Value);
                break;
            case EntryPayload.Answered answered:
                log.IncidentAnswered(answered.Incident.Index.Value, answered.Verdict, answered.Result);
                break;
            case EntryPayload.Released released:
                log.IncidentReleased(
                    released.Incident.Index.Value,
                    released.Outcome,
                    Name(released.Report.Witness),
                    Left(released.LeftMs)
                );
                break;
            case EntryPayload.Recovered recovered:
                log.Recovered(
                    recovered.Epoch,
                    recovered.Warrant.By,
                    Name(recovered.Survivor.Node),
                    string.Join(", ", recovered.Lost.Select(voter => Name(voter.Node))),
                    recovered.Warrant.Why,
                    entry.Index.Value
                );
                break;
            case EntryPayload.HandoverAsked asked:
                log.TransferAsked(
                    asked.Warrant.By,
                    asked.To is { } to ? Name(to) : "another voter",
                    asked.Warrant.Why,
                    entry.Index.Value
                );
                break;
            case EntryPayload.StopPlanned stop:
                log.DrainAsked(
                    stop.Warrant.By,
                    Name(stop.Node),
                    stop.IsOff ? "take its seat again" : "give up its seat, to be stopped",
                    stop.Warrant.Why,
                    entry.Index.Value
                );
                break;
            case EntryPayload.Notified { Stage: NoticeStage.Started }:
                // What came of it is told.
                break;
            case EntryPayload.Notified { Stage: NoticeStage.Failed or NoticeStage.Unknown } lost:
                log.NoticeFailed(
                    lost.Incident.Index.Value,
                    lost.Moment,
                    lost.Channel,
                    lost.Stage,
                    lost.Attempt,
                    Name(lost.By),
                    lost.Detail
                );
                break;
            case EntryPayload.Notified told:
                log.NoticeRecorded(
                    told.Incident.Index.Value,
                    told.Moment,
                    told.Channel,
                    told.Stage,
                    told.Attempt,
                    Name(told.By),
                    told.Detail
                );
                break;
            case EntryPayload.ChannelDeclared declared:
                log.ChannelDeclared(declared.Name, entry.Index.Value);
                break;
            case EntryPayload.Muted muted:
                log.MuteAsked(
                    muted.Warrant.By,
                    muted.Node is { } quiet ? Name(quiet) : "any node",
                    DateTimeOffset.FromUnixTimeMilliseconds(muted.UntilUnixMs),
                    muted.Warrant.Why,
                    entry.Index.Value
                );
                break;
            case EntryPayload.Unmuted unmuted:
                log.UnmuteAsked(unmuted.Warrant.By, unmuted.Mute.Value, unmuted.Warrant.Why, entry.Index.Value);
                break;
            default:
                break;
        }
    }

    private static string Left(long? ofTheWindowMs) =>
        ofTheWindowMs is { } ms ? $"{ms} ms of the window are left" : "nobody waits";

    private static string Step(EntryPayload.GroupChanged change) => change.IsAddition ? "seated" : "removed";

    private string Name(NodeId node) => map.Name(node);

    private string About(Words words)
    {
        if (words.VictimNode is { } node)
        {
            return Name(node);
        }

        if (words.VictimEid is { } eid)
        {
            return map.Topology.FindDie(eid) is { } die ? die.Node.Name : eid.ToString();
        }

        return words.VictimCna is { } cna ? map.Topology.FindNode(cna)?.Name ?? $"CNA {cna}" : "nobody";
    }
}
