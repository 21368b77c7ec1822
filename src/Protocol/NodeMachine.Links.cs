using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

public sealed partial class NodeMachine
{
    private readonly Dictionary<NodeId, Message.Hello> peers = [];
    private readonly Dictionary<LinkId, string> refusals = [];
    private readonly Dictionary<LinkId, string> refusedBy = [];

    private void OnLinkOpened(LinkId id)
    {
        if (links.Find(id) is not { } link)
        {
            return;
        }

        if (link.State == LinkState.Down)
        {
            // Still "refused" until its hello is through: an agent that starts is neither heard nor silent (S9).
            link.State = LinkState.Opening;
            link.Transit.Reset(outlet.Now);
            SendHello(link);
        }
        else if (link.State == LinkState.Suspect)
        {
            // Dialled beside one that acknowledges nothing: the peer may have a map without us and no link any more, and would drop all but a hello.
            SendHello(link);
        }
    }

    private void OnLinkClosed(Input.LinkClosed closed)
    {
        if (links.Find(closed.Link) is not { } link)
        {
            return;
        }

        link.IsRefused = closed.Loss == LinkLoss.Refused;
        if (link.State != LinkState.Down)
        {
            link.State = LinkState.Down;
            link.PeerNonce = 0;
            outlet.Note(new Fact.LinkDown(link.Id, closed.Loss));
            links.TakeElsewhere(outlet.Now, link, outlet);
            link.Reset();
        }

        if (link.IsRefused)
        {
            TellHealth(link.Id.Peer);
        }
    }

    private void OnArrived(Input.Arrived arrived)
    {
        if (arrived.Link == echo.Id)
        {
            OnSelfBeat(arrived.Frame.Sequence);
            return;
        }

        if (links.Find(arrived.Link) is not { } link || link.State == LinkState.Down)
        {
            if (links.Find(arrived.Link) is null && arrived.Frame.Message is Message.Hello stranger)
            {
                OnStranger(arrived.Link, stranger);
                return;
            }

            outlet.Note(new Fact.FrameDropped(arrived.Link, "no such link, or not open"));
            return;
        }

        var held = arrived.Frame.SentAt is { } sentAt ? link.Transit.Note(outlet.Now, sentAt) : TimeSpan.Zero;
        switch (arrived.Frame.Message)
        {
            case Message.Hello hello:
                OnHello(link, hello);
                return;
            case Message.Refused refused:
                if (refusedBy.GetValueOrDefault(link.Id) != refused.Reason)
                {
                    refusedBy[link.Id] = refused.Reason;
                    outlet.Note(new Fact.RefusedByPeer(link.Id, refused.Reason));
                }

                return;
            default:
                break;
        }

        if (!link.IsUsable)
        {
            // Not let in yet: bytes that fail at the door change nothing but counters (S11).
            outlet.Note(new Fact.FrameDropped(link.Id, "before its hello"));
            return;
        }

        links.NoteFrame(outlet.Now, link, arrived.Frame, outlet);
        Deliver(link.Id, link.Id.Peer, Aged(arrived.Frame.Message, held), arrived.Frame.Lineage);
    }

    /// <summary>A word that was held on its way is older than it says, and may belong to an earlier claim (F3); a master's beat
    /// says that it was there then, and not that it is.</summary>
    /// <remarks>A word's window is left as it came: the witness alone knows it, and asks its own clock before it lets go.</remarks>
    private Message Aged(Message message, TimeSpan held) =>
        message switch
        {
            Message.Reporting reporting => reporting with
            {
                Report = reporting.Report with { RaisedAt = reporting.Report.RaisedAt - held },
            },
            Message.AppendEntries append when held >= options.BeatEvery => append with { Held = append.Held + held },
            Message.Relayed { Inner: Message.Reporting or Message.AppendEntries } relayed => relayed with
            {
                Inner = Aged(relayed.Inner, held),
            },
            _ => message,
        };

    private void Deliver(LinkId link, NodeId from, Message message, Lineage lineage)
    {
        if (lineage != raft.Lineage)
        {
            if (from == link.Peer)
            {
                TellRecoveryAgain(link);
            }

            if (!IsForAnyLineage(message))
            {
                outlet.Note(new Fact.FrameDropped(link, "of another lineage"));
                return;
            }
        }

        switch (message)
        {
            case Message.LinkAck:
                break;
            case Message.Heartbeat heartbeat:
                NoteMapOf(from, heartbeat.MapVersion);
                links.NoteVector(outlet.Now, from, heartbeat.Vector);
                if (from == link.Peer)
                {
                    links.NoteBeat(outlet.Now, link, heartbeat.TakesTurns);
                }

                ReviewSuspects();
                break;
            case Message.LifeProbe probe:
                OnProbe(link, from, probe);
                break;
            case Message.LifeReply reply:
                watch.OnReply(from, reply, link.Peer);
                break;
            case Message.Relayed relayed:
                if (links.Unwrap(outlet.Now, relayed, outlet) is { } inner)
                {
                    Deliver(link, relayed.Origin, inner, relayed.Lineage);
                }

                break;
            case Message.Adopt adopt:
                raft.Adopt(adopt.Founding);
                break;
            case Message.Reporting reporting:
                frames.Note(reporting.Report.Id, link);
                master.OnReport(reporting.Report);
                raft.ConsiderLastWords();
                break;
            case Message.Answering answering:
                reporter.OnAnswer(answering);
                break;
            case Message.Releasing releasing:
                master.OnReleasing(releasing);
                break;
            case Message.Presence presence:
                master.OnPresence(from, presence);
                keeper.OnPresence(from, presence.Disk);
                break;
            case Message.Asking asking:
                OnAsking(from, asking);
                break;
            case Message.Granting granting:
                OnGranting(granting);
                break;
            case Message.HandlerStart start:
                OnHandlerStart(start);
                break;
            case Message.HandlerAnswer answer:
                master.OnHandlerAnswer(answer.Incident, answer.Result);
                break;
            default:
                DeliverToRaft(from, message);
                break;
        }
    }

    private void DeliverToRaft(NodeId from, Message message)
    {
        var leader = raft.Leader;
        raft.OnMessage(from, message);
        if (raft.Leader is { } now && now != leader)
        {
            // A new master: open words and our life go to it at once, not when their rhythm comes round.
            reporter.OnMasterChanged();
            presenceDue = outlet.Now;
            watch.OnMasterChanged();
        }
    }

    private void SendHello(Link link)
    {
        link.HelloSentAt = outlet.Now;
        var hello = new Message.Hello(
            self,
            identity.Life,
            disk,
            raft.Cluster,
            map.Digest,
            nonce,
            link.PeerNonceSeen,
            !link.IsUsable
        )
        {
            Recoveries = raft.Recoveries,
            MapKin = map.Kin,
            Version = identity.Version,
        };
        LinkTable.Emit(outlet.Now, link, hello, outlet);
    }

    private void OnHello(Link link, Message.Hello hello)
    {
        if (RefusalOf(link, hello) is { } reason)
        {
            if (hello.Cluster == raft.Cluster && raft.Recoveries.Count > hello.Recoveries.Count)
            {
                // Whose disk is out shall know by whom, and believes only what answers its own nonce.
                link.PeerNonceSeen = hello.Nonce;
                SendHello(link);
            }

            Refuse(link, reason);
            return;
        }

        link.Transit.Meet(outlet.Now, hello.Life.Boot);
        if (link.IsUsable && link.PeerNonce != hello.Nonce)
        {
            // Another process of the peer: it numbers from the start, and must answer our nonce like any other.
            link.State = LinkState.Opening;
            link.Reset();
        }

        link.PeerNonceSeen = hello.Nonce;
        if (hello.Answers == nonce)
        {
            // An empty disk belongs to no cluster yet, and believes no recovery before it does: another cluster's may be told, too.
            if (hello.Cluster == raft.Cluster && raft.Learn(hello.Recoveries) is { } whyRetired)
            {
                Refuse(link, whyRetired);
                return;
            }

            Accept(link, hello);
        }

        if (hello.WantsAnswer)
        {
            SendHello(link);
        }
    }

    private void Accept(Link link, Message.Hello hello)
    {
        if (peers.GetValueOrDefault(hello.Node)?.Nonce != hello.Nonce)
        {
            links.NoteListensAnew(hello.Node);
        }

        peers[hello.Node] = hello;
        if (!link.IsUsable)
        {
            link.State = LinkState.Up;
            link.PeerNonce = hello.Nonce;
            refusals.Remove(link.Id);
            refusedBy.Remove(link.Id);
            outlet.Note(new Fact.LinkUp(link.Id));
        }

        link.HeardAt = outlet.Now;
        link.IsRefused = false;
        if (hello.Cluster.IsNone && !raft.Cluster.IsNone)
        {
            raft.TellFounding(hello.Node);
        }

        TryFound();
    }

    private string? RefusalOf(Link link, Message.Hello hello)
    {
        if (hello.Node != link.Id.Peer)
        {
            return $"node {hello.Node} speaks where {link.Id.Peer} is expected";
        }

        if (map.WhyForeign(hello) is { } foreign)
        {
            return foreign;
        }

        if (hello.Cluster.IsNone || raft.Cluster.IsNone)
        {
            return raft.WhyRetired;
        }

        return hello.Cluster != raft.Cluster
            ? $"another cluster: theirs {hello.Cluster}, ours {raft.Cluster}"
            : raft.WhyRetired ?? raft.WhyApart(hello.Recoveries, new Voter(hello.Node, hello.Disk));
    }

    private void Refuse(Link link, string reason)
    {
        if (refusals.GetValueOrDefault(link.Id) != reason)
        {
            refusals[link.Id] = reason;
            outlet.Note(new Fact.PeerRefused(link.Id, reason));
        }

        LinkTable.Emit(outlet.Now, link, new Message.Refused(reason), outlet);
        outlet.Emit(new Effect.CloseLink(link.Id, reason));
        if (link.IsUsable)
        {
            // It was let in before: nothing counts any more that comes before the connection has ended.
            link.State = LinkState.Opening;
            link.Reset();
        }
    }

    /// <summary>While our disk knows no cluster we keep asking: an answer may have been lost.</summary>
    private void RepeatHellos()
    {
        if (!raft.Cluster.IsNone)
        {
            return;
        }

        foreach (var link in links.All)
        {
            if (link.IsUsable)
            {
                SendHello(link);
            }
        }
    }
}
