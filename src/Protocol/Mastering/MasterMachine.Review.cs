using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class MasterMachine
{
    private static readonly TimeSpan ContradictedAfterPanic = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ContradictedAfterReboot = TimeSpan.FromSeconds(60);

    private Instant nextReview;

    /// <summary>Whether nobody on our side hears a node; set by the node machine.</summary>
    public required Func<NodeId, SilenceVerdict> Silence { get; init; }

    /// <summary>The last frame of a node in this life; null: none.</summary>
    public required Func<NodeId, Life, Instant?> HeardAt { get; init; }

    /// <summary>What the word "silent" stands on.</summary>
    public required Func<IncidentId, NodeId, EntryPayload.SilenceSeen> EvidenceOf { get; init; }

    /// <summary>The log has it that this node is silent, be it told or not.</summary>
    public bool IsKnownSilent(NodeId node) => appended.OpenFatal(node) is { } claim && IsSilent(claim);

    /// <summary>Calls a node silent if it is; the word that was missing may have come.</summary>
    public void ReviewSilence(NodeId node)
    {
        if (raft.IsReady && node != self && appended.Lives.TryGetValue(node, out var lives))
        {
            ReviewNode(node, lives);
        }
    }

    /// <summary>Looks at every node and open claim: silence, its end, and words that time has contradicted.</summary>
    private void Review()
    {
        StepAside();
        foreach (var node in map.Topology.Nodes)
        {
            if (node.Id != self && appended.Lives.TryGetValue(node.Id, out var lives))
            {
                ReviewNode(node.Id, lives);
            }
        }

        foreach (var id in appended.Open.Values.SelectMany(open => open).Order().ToArray())
        {
            if (appended.Incidents[id] is { IsOpen: true } incident && incident.Kind.IsFatal())
            {
                ReviewClaim(incident);
            }
        }
    }

    private void ReviewNode(NodeId node, NodeLives lives)
    {
        if (Silence(node) != SilenceVerdict.Silent)
        {
            return;
        }

        var claim = appended.OpenFatal(node);
        if (claim is null)
        {
            raft.Propose(
                new EntryPayload.Opened(
                    node,
                    lives.Current,
                    ClaimsSurvived(node, lives.Current),
                    EventKind.Silent,
                    null,
                    0,
                    null,
                    HandlersFor(EventKind.Silent)
                )
            );
        }
        else if (!IsSilent(claim))
        {
            raft.Propose(new EntryPayload.FellSilent(claim.Id, lives.Current));
        }

        // An entry of its own, since older nodes know the ones above in their old bytes only.
        if (appended.OpenFatal(node) is { Silence: null } found && IsSilent(found))
        {
            raft.Propose(EvidenceOf(found.Id, node));
        }
    }

    private static bool IsSilent(Incident claim) => claim.FellSilent || claim.Reports.Count == 0;

    private void ReviewClaim(Incident incident)
    {
        if (
            HeardAt(incident.Victim, incident.Life) is not { } heard
            || outlet.Now - heard > options.SilentAfter
            || appended.Lives.GetValueOrDefault(incident.Victim)?.Current != incident.Life
        )
        {
            return;
        }

        if (incident.Kind == EventKind.Silent)
        {
            raft.Propose(new EntryPayload.Closed(incident.Id, CloseReason.HeardAgain, ""));
            return;
        }

        var window = (incident.WindowEnds ?? incident.ClaimedAt + options.WindowDefault) - incident.ClaimedAt;
        var until =
            incident.Kind == EventKind.Panic
                ? incident.ClaimedAt + window + ContradictedAfterPanic
                : incident.ClaimedAt + (window * 2) + ContradictedAfterReboot;
        if (heard > until)
        {
            raft.Propose(new EntryPayload.Closed(incident.Id, CloseReason.Contradicted, ""));
        }
    }

    private int ClaimsSurvived(NodeId node, Life life)
    {
        var claims = 0;
        foreach (var incident in appended.Incidents.Values)
        {
            if (incident.Victim == node && incident.Life == life && incident.Kind.IsFatal())
            {
                claims++;
            }
        }

        return claims;
    }
}
