using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>What has been: terms and who was master in them, and what operators did.</summary>
public static class HistoryPicture
{
    /// <summary>So near in time, one thing may be the reason of another.</summary>
    private const long NearMs = 15_000;

    /// <summary>What operators did.</summary>
    public static AuditView Audit(NodeStatus status) =>
        new([.. status.Book.Audit.Acts.Reverse().Select(act => Act(status, act))]);

    /// <summary>The terms that this process saw begin, and what is known of why.</summary>
    public static ElectionsView Elections(NodeStatus status, Moments moments, long nowUnixMs)
    {
        var terms = moments.Terms;
        var shown = new List<TermView>(terms.Count);
        NodeId? before = null;
        foreach (var (term, unixMs, master) in terms)
        {
            var why =
                master is null ? "no master of this term is known here"
                : before is null ? "the first master that this node knew"
                : before == master ? "the same master again"
                : Why(status, before.Value, unixMs, nowUnixMs);
            shown.Add(new TermView(term, unixMs, master is { } node ? status.Of(node) : null, why));
            before = master ?? before;
        }

        shown.Reverse();
        return new ElectionsView(
            moments.SinceUnixMs,
            shown,
            string.Join(", ", status.Voters.Select(voter => status.Of(voter.Node))),
            GroupWhy(status)
        );
    }

    private static ActView Act(NodeStatus status, Entry entry)
    {
        var (what, warrant, by) = entry.Payload switch
        {
            EntryPayload.HandoverAsked asked => (
                asked.To is { } to ? $"asked that {status.Of(to)} become master" : "asked for another master",
                asked.Warrant,
                ""
            ),
            EntryPayload.Recovered recovered => (
                $"recovered the cluster from {status.Of(recovered.Survivor.Node)} alone",
                recovered.Warrant,
                ""
            ),
            EntryPayload.MapChanged changed => (
                string.Create(CultureInfo.InvariantCulture, $"applied map version {changed.Version}"),
                changed.Warrant,
                ""
            ),
            EntryPayload.StopPlanned stop => (
                stop.IsOff
                    ? $"took back the stop of {status.Of(stop.Node)}"
                    : $"planned the stop of {status.Of(stop.Node)}",
                stop.Warrant,
                ""
            ),
            EntryPayload.Muted muted => (
                (muted.IsMaintenance ? "announced work on " : "muted ")
                    + (muted.Node is { } quiet ? status.Of(quiet) : "all nodes"),
                muted.Warrant,
                ""
            ),
            EntryPayload.Unmuted unmuted => ($"ended mute {unmuted.Mute}", unmuted.Warrant, ""),
            EntryPayload.Closed closed => ($"closed incident {closed.Incident}", null, closed.By),
            _ => (entry.Payload.GetType().Name, (Warrant?)null, ""),
        };
        return new ActView(
            entry.Index.Value,
            entry.Term.Value,
            what,
            warrant?.By ?? by,
            warrant?.Why ?? "",
            warrant is { UnixMs: > 0 } said ? said.UnixMs : null
        );
    }

    /// <summary>The log does not say why a term began; what it says of the master before is as near as anybody comes.</summary>
    private static string Why(NodeStatus status, NodeId before, long unixMs, long nowUnixMs)
    {
        var name = status.Of(before);
        foreach (var incident in status.Book.Incidents.Values.Reverse())
        {
            var claimed = nowUnixMs - (long)(status.At - incident.ClaimedAt).TotalMilliseconds;
            if (incident.Victim == before && incident.Kind.IsFatal() && Math.Abs(claimed - unixMs) < NearMs)
            {
                return $"{name}, master before, ended: {Names.Of(incident.Kind)} (incident {incident.Id})";
            }
        }

        foreach (var act in status.Book.Audit.Acts.Reverse())
        {
            if (
                act.Payload is EntryPayload.HandoverAsked { Warrant: var warrant }
                && Math.Abs(warrant.UnixMs - unixMs) < NearMs
            )
            {
                return warrant.Why.Length > 0
                    ? $"{warrant.By} asked for another master: {warrant.Why}"
                    : $"{warrant.By} asked for another master";
            }
        }

        return $"{name}, master before, was not heard by a majority; nobody said why";
    }

    private static string GroupWhy(NodeStatus status) =>
        status.Book.Group switch
        {
            { Change: { } change } =>
                $"{status.Of(change.Changed.Node)} {(change.IsAddition ? "came" : "went")}: {Names.Of(change.Cause)}",
            { Newest.Payload: EntryPayload.Recovered } => "an operator recovered the cluster from one survivor",
            _ => "the first group",
        };
}
