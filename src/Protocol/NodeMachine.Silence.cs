using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Who is missed, who is asked, and on whose word a node is called silent (protocol.md 10).</summary>
public sealed partial class NodeMachine
{
    private Instant selfBeatDue;

    private void WatchSilence()
    {
        if (outlet.Now >= selfBeatDue)
        {
            BeatToSelf();
        }

        watch.Wake();
    }

    private void BeatToSelf()
    {
        selfBeatDue = links.NextBeat(outlet.Now);
        echo.Send(outlet.Now, identity.Life, outlet);
    }

    private void OnSelfBeat(ulong number)
    {
        if (echo.OnArrived(outlet.Now, number) is not { } took)
        {
            return;
        }

        if (took >= PauseNoticed)
        {
            // What peers have sent has waited as long in the same queue: that is not their silence.
            links.OnPaused(outlet.Now, took);
            watch.OnPaused(took, echo.TakenUpTo);
            if (took >= PauseTold)
            {
                outlet.Note(new Fact.Starved(took));
            }
        }

        ReviewSuspects();
    }

    /// <summary>A word that was missing may have come: whoever is silent by it is called so now, and not with the next review.</summary>
    private void ReviewSuspects()
    {
        foreach (var node in watch.Overdue())
        {
            master.ReviewSilence(node);
        }
    }

    private void OnProbe(LinkId cameBy, NodeId asker, Message.LifeProbe probe) =>
        links.Reply(outlet.Now, cameBy, asker, new Message.LifeReply(probe.Number, identity.Life), outlet);

    /// <summary>What this node hears, for the master only; the other peers wait for the next beat.</summary>
    private void TellVector()
    {
        if (raft.Leader is { } leader && leader != self)
        {
            outlet.Send(
                leader,
                new Message.Heartbeat(identity.Life, links.Vector(outlet.Now)) { MapVersion = map.Version }
            );
        }
    }

    /// <summary>The last frame of a node in this life, or its own answer through others; null: none.</summary>
    private Instant? HeardInLife(NodeId node, Life life)
    {
        var heard = peers.GetValueOrDefault(node)?.Life == life ? links.HeardAt(node) : null;
        return watch.AnswerOf(node, life) is { } answer && (heard is null || answer > heard) ? answer : heard;
    }

    /// <summary>What is known of a silent node: of our own links, and of all whom we hear.</summary>
    private EntryPayload.SilenceSeen EvidenceOf(IncidentId incident, NodeId node)
    {
        var now = outlet.Now;
        var sights = new List<LastSight>();
        foreach (var link in links.All)
        {
            if (link.Id.Peer == node)
            {
                long? agoMs = link.HeardAt is { } at ? Math.Max(0, (long)(now - at).TotalMilliseconds) : null;
                sights.Add(new LastSight(self, link.Id.Die, agoMs, link.IsRefused));
            }
        }

        foreach (var other in links.Peers)
        {
            if (other == node || !links.IsHeard(now, other) || !links.Vectors.TryGetValue(other, out var said))
            {
                continue;
            }

            var sinceMs = Math.Max(0, (long)(now - said.At).TotalMilliseconds);
            foreach (var heard in said.Vector)
            {
                if (heard.Node == node)
                {
                    long? agoMs = heard.AgoMs < 0 ? null : heard.AgoMs + sinceMs;
                    sights.Add(new LastSight(other, heard.Die, agoMs, heard.Refused));
                }
            }
        }

        return new EntryPayload.SilenceSeen(
            incident,
            watch.AskedFor(node),
            new([.. sights.OrderBy(sight => sight.By).ThenBy(sight => sight.Die.Value)])
        );
    }

    /// <summary>Whether the master's side has lost a node (protocol.md 10): told and silent are never mixed.</summary>
    private SilenceVerdict SilenceOf(NodeId node)
    {
        var now = outlet.Now;
        if (now - watch.SignOf(node) <= options.SilentAfter || !watch.WasAskedInVain(node))
        {
            return SilenceVerdict.Heard;
        }

        var refused = links.HealthOf(now, node) == NodeHealth.AgentDown;
        var voters = 1;
        // Also of those who are on their way out of the map: what they hear is heard (S9).
        foreach (var other in links.Peers)
        {
            if (other == node || !links.IsHeard(now, other))
            {
                continue;
            }

            if (!links.Vectors.TryGetValue(other, out var said) || now - said.At > options.HeartbeatEvery * 2)
            {
                // We hear it but do not know what it hears: wait for its next beat.
                return SilenceVerdict.Heard;
            }

            var isLinked = false;
            foreach (var heard in said.Vector)
            {
                if (heard.Node == node)
                {
                    isLinked = true;
                    refused |= heard.Refused;
                    if (heard.AgoMs >= 0 && heard.AgoMs <= options.SilentAfter.TotalMilliseconds)
                    {
                        return SilenceVerdict.Heard;
                    }
                }
            }

            if (!isLinked || !links.HasListened(now, other))
            {
                // It has only just started, or has another map, and whom it has not heard may be heard by its next beat.
                return SilenceVerdict.Heard;
            }

            voters += IsVoterNow(other) ? 1 : 0;
        }

        if (voters < (raft.Voters.Count / 2) + 1)
        {
            return SilenceVerdict.Heard;
        }

        return refused ? SilenceVerdict.AgentDown : SilenceVerdict.Silent;
    }
}
