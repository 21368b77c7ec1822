using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

public sealed partial class NodeMachine
{
    private static readonly TimeSpan PresenceEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WishRepeats = TimeSpan.FromMilliseconds(500);

    private readonly Seen<(IncidentId Incident, string Handler, Term Term)> handlerStarts = new(1024);

    private sealed class PendingWish(EntryPayload wish)
    {
        public EntryPayload Wish => wish;

        public Instant RepeatAt { get; set; }
    }

    private void OnCommitted(EquatableArray<Entry> entries)
    {
        foreach (var entry in entries)
        {
            var before = book;
            book = book.Apply(entry, outlet.Now);
            outlet.Note(new Fact.EntryCommitted(entry));
            foreach (var over in book.ClosedBy(entry, before))
            {
                outlet.Note(new Fact.IncidentClosed(over.Id, entry.Term, over.Closed!.Value, over.ClosedBy));
            }

            if (entry.Payload is EntryPayload.Released released)
            {
                reporter.OnCommitted(released);
            }
            else if (entry.Payload is EntryPayload.GroupChanged change)
            {
                outlet.Note(new Fact.GroupChanged(change));
            }
        }

        outlet.EmitAfterWrite(new Effect.Committed(entries, raft.CommitIndex));
        TakeCommittedMap();
        master.OnCommitted(entries);
        GrantCommitted();
        if (raft.CommittedInMemory > options.LogEntriesMax)
        {
            Compact();
        }
    }

    private void OnRestored(Snapshot snapshot)
    {
        book = IncidentBook.Empty;
        foreach (var entry in snapshot.Entries)
        {
            book = book.Apply(entry, outlet.Now);
        }

        outlet.EmitAfterWrite(new Effect.Restored(snapshot));
        TakeCommittedMap();
        GrantCommitted();
    }

    private void Compact()
    {
        var (kept, retained) = book.Retain(options.ClosedIncidentsMax);
        book = kept;
        raft.Compact(entry =>
            retained.Contains(entry.Index) || (IncidentOf(entry) is { } id && kept.Incidents.ContainsKey(id))
        );
    }

    private static IncidentId? IncidentOf(Entry entry) =>
        entry.Payload switch
        {
            EntryPayload.Opened => new IncidentId(entry.Index),
            EntryPayload.Reported reported => reported.Incident,
            EntryPayload.Answered answered => answered.Incident,
            EntryPayload.Released released => released.Incident,
            EntryPayload.FellSilent silent => silent.Incident,
            EntryPayload.SilenceSeen seen => seen.Incident,
            EntryPayload.Closed closed => closed.Incident,
            EntryPayload.Notified notified => notified.Incident,
            _ => null,
        };

    /// <summary>Tells the master our life and the handlers that are connected here.</summary>
    private void SendPresence()
    {
        var isJoined = book.Lives.GetValueOrDefault(self)?.Current == identity.Life;
        presenceDue = outlet.Now + (isJoined ? PresenceEvery : options.HeartbeatEvery);
        var presence = new Message.Presence(identity.Life, disk, nonce, handlersHere);
        if (raft.IsLeader)
        {
            master.OnPresence(self, presence);
        }
        else if (raft.Leader is { } leader)
        {
            outlet.Send(leader, presence);
        }
    }

    /// <summary>One start per call, whatever rails and relays repeat, and none that was meant for an earlier process.</summary>
    private void OnHandlerStart(Message.HandlerStart start)
    {
        var call = start.Call;
        if (start.Process == nonce && handlerStarts.IsNew((call.Incident, call.Handler, call.Term)))
        {
            outlet.Emit(new Effect.StartHandler(call, new Decision(call.Term, outlet.Now)));
        }
    }

    private void OnHandlerAnswered(IncidentId incident, HandlerResult result)
    {
        if (reclaim.OnAnswered(incident, result))
        {
            return;
        }

        if (raft.IsLeader)
        {
            master.OnHandlerAnswer(incident, result);
        }
        else if (raft.Leader is { } leader)
        {
            outlet.Send(leader, new Message.HandlerAnswer(incident, result), Spread.All);
        }
    }

    private void OnAsked(Input.Asked asked)
    {
        wishes[asked.Nonce] = new PendingWish(asked.Wish) { RepeatAt = outlet.Now + WishRepeats };
        Ask(asked.Nonce, asked.Wish);
        GrantCommitted();
    }

    private void Ask(ulong wishNonce, EntryPayload wish)
    {
        if (raft.IsReady)
        {
            if (master.OnWish(wish) is { Length: > 0 } refusal)
            {
                Grant(wishNonce, refusal);
            }
        }
        else if (raft.Leader is { } leader && leader != self)
        {
            outlet.Send(leader, new Message.Asking(wishNonce, wish), Spread.All);
        }
    }

    private void OnAsking(NodeId from, Message.Asking asking)
    {
        // A node that is not ready says nothing: the asker repeats, and by then it may be, or know who is.
        if (raft.IsReady && master.OnWish(asking.Wish) is { Length: > 0 } refusal)
        {
            outlet.Send(from, new Message.Granting(asking.Nonce, refusal));
        }
    }

    private void OnGranting(Message.Granting granting)
    {
        if (wishes.ContainsKey(granting.Nonce))
        {
            Grant(granting.Nonce, granting.Refusal);
        }
    }

    private void RepeatWishes()
    {
        if (wishes.Count == 0)
        {
            return;
        }

        foreach (var (wishNonce, pending) in wishes.ToArray())
        {
            if (outlet.Now >= pending.RepeatAt)
            {
                pending.RepeatAt = outlet.Now + WishRepeats;
                Ask(wishNonce, pending.Wish);
            }
        }
    }

    /// <summary>What this node's own book shows as committed needs no word of the master.</summary>
    private void GrantCommitted()
    {
        foreach (var (wishNonce, pending) in wishes.ToArray())
        {
            if (IsTrue(pending.Wish))
            {
                Grant(wishNonce, "");
            }
        }

        GrantRecovery();
    }

    private bool IsTrue(EntryPayload wish) =>
        wish switch
        {
            EntryPayload.Closed closed => book.Incidents.TryGetValue(closed.Incident, out var incident)
                && !incident.IsOpen,
            EntryPayload.HandlerDeclared declared => book.Handlers.TryGetValue(declared.Handler.Name, out var known)
                && known.Handler == declared.Handler,
            EntryPayload.StopPlanned stop => raft.Leader is not null && keeper.IsTrue(stop),
            EntryPayload.MapChanged changed => book.Audit.FindMap(changed) is not null,
            // Another term has a master: the asker sees in the status who it is.
            EntryPayload.HandoverAsked asked => raft.Leader is not null
                && book.Audit.Find(asked) is { } entry
                && raft.Term.CompareTo(entry.Term) > 0,
            EntryPayload.HandlerDropped dropped => raft.Leader is not null && !book.Handlers.ContainsKey(dropped.Name),
            EntryPayload.Notified notified => book.Incidents.TryGetValue(notified.Incident, out var told)
                && told.Notices.Any(notice => notice.IsOf(notified)),
            EntryPayload.ChannelDeclared declared => book.NoticeRules.Channels.ContainsKey(declared.Name),
            EntryPayload.Muted muted => book.Audit.Find(muted) is not null,
            EntryPayload.Unmuted unmuted => raft.Leader is not null
                && !book.NoticeRules.Mutes.ContainsKey(unmuted.Mute),
            _ => false,
        };

    private void Grant(ulong wishNonce, string refusal)
    {
        wishes.Remove(wishNonce);
        outlet.Emit(new Effect.Granted(wishNonce, refusal));
    }

    private bool IsVoterNow(NodeId node)
    {
        foreach (var voter in raft.Voters)
        {
            if (voter.Node == node)
            {
                return true;
            }
        }

        return false;
    }

    private void TellHealth()
    {
        foreach (var node in map.Topology.Nodes)
        {
            TellHealth(node.Id);
        }
    }

    private void TellHealth(NodeId node)
    {
        var health = links.HealthOf(outlet.Now, node);
        if (node != self && map.Has(node) && healthTold.GetValueOrDefault(node) != health)
        {
            healthTold[node] = health;
            outlet.Note(new Fact.HealthChanged(node, health));
        }
    }
}
