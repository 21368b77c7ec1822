using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Moments;

/// <summary>Tells the phases of a cluster from its sightings.</summary>
internal sealed class PhaseWatch(Chronicle chronicle)
{
    /// <summary>A window that ends so soon is about to end.</summary>
    public static readonly TimeSpan WindowEndingIn = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan VoteFor = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan HandlerFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CatchUpFor = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(NodeId Node, IncidentId Incident, string Handler), TimeSpan> handlers = [];
    private readonly Dictionary<NodeId, (LogIndex Index, TimeSpan At)> catchingUp = [];
    private readonly SortedSet<LogIndex> groupChanges = [];
    private (Term Term, TimeSpan At) vote;
    private NodeSet rejoining;

    public WordWatch Words { get; } = new(chronicle);

    /// <summary>All phases of now.</summary>
    public Phase At(TimeSpan now)
    {
        if (chronicle.Log.Voters.Count == 0 || chronicle.Master is null)
        {
            return Phase.Founding | Words.At(now);
        }

        var isElecting = vote.Term.CompareTo(chronicle.MasterTerm) > 0 && now - vote.At <= VoteFor;
        var phase =
            Words.At(now)
            | (isElecting ? Phase.Electing : Phase.None)
            | (rejoining.Count > 0 ? Phase.Rejoining : Phase.None)
            | (groupChanges.Count > 0 ? Phase.GroupChange : Phase.None)
            | (handlers.Values.Any(at => now - at <= HandlerFor) ? Phase.HandlersRun : Phase.None)
            | (catchingUp.Any(pair => IsCatchingUp(pair.Key, pair.Value, now)) ? Phase.CatchUp : Phase.None);
        return phase == Phase.None ? Phase.Steady : phase;
    }

    /// <summary>Takes one sighting, which the chronicle has already taken.</summary>
    /// <returns>True: a phase may have begun.</returns>
    public bool See(Sighting sighting)
    {
        var words = Words.See(sighting);
        switch (sighting)
        {
            case Sighting.Done { Effect: Effect.Send send }:
                return Sent(sighting, send.Frame.Message, send.Link.Peer) || words;
            case Sighting.Done { Effect: Effect.StartHandler start }:
                handlers[(sighting.Node, start.Call.Incident, start.Call.Handler)] = sighting.At;
                return true;
            case Sighting.Took { Input: Input.HandlerAnswered answered }:
                handlers.Remove((sighting.Node, answered.Incident, answered.Result.Handler));
                return words;
            case Sighting.Decided { Effect: Effect.Persist persist }:
                return Append(persist.Write) || words;
            case Sighting.Decided { Effect: Effect.Committed committed }:
                Commit(committed);
                return words;
            case Sighting.Started:
                rejoining = rejoining.With(sighting.Node);
                return true;
            case Sighting.Stopped:
                rejoining = rejoining.Without(NodeSet.One(sighting.Node));
                catchingUp.Remove(sighting.Node);
                foreach (var call in handlers.Keys.Where(call => call.Node == sighting.Node).ToArray())
                {
                    handlers.Remove(call);
                }

                return words;
            default:
                return words;
        }
    }

    private bool Sent(Sighting sighting, Message message, NodeId to)
    {
        if (message is Message.Relayed relayed)
        {
            if (relayed.Origin != sighting.Node)
            {
                return false;
            }

            (message, to) = (relayed.Inner, relayed.Destination);
        }

        switch (message)
        {
            case Message.RequestVote request when request.Term.CompareTo(vote.Term) >= 0:
                vote = (request.Term, sighting.At);
                return true;
            case Message.AppendEntriesReply { Accepted: true }:
                rejoining = rejoining.Without(NodeSet.One(sighting.Node));
                return false;
            case Message.InstallSnapshot install:
                return Fill(to, install.Snapshot.LastIndex, sighting.At);
            case Message.AppendEntries append:
                rejoining = rejoining.Without(NodeSet.One(sighting.Node));
                return append.Entries.Count > 0 && Fill(to, append.Entries[0].Index, sighting.At);
            default:
                return false;
        }
    }

    // What is committed already and sent all the same is for somebody who lacks it.
    private bool Fill(NodeId to, LogIndex index, TimeSpan at)
    {
        if (index.CompareTo(chronicle.Log.Last) > 0 || chronicle.Disk(to)?.LastIndex.CompareTo(index) >= 0)
        {
            return false;
        }

        catchingUp[to] = (index, at);
        return true;
    }

    private bool IsCatchingUp(NodeId node, (LogIndex Index, TimeSpan At) sent, TimeSpan now) =>
        now - sent.At <= CatchUpFor && chronicle.Disk(node)?.LastIndex.CompareTo(sent.Index) < 0;

    private bool Append(DiskWrite write)
    {
        var any = false;
        foreach (var entry in write.Append)
        {
            any |=
                GroupEntries.Is(entry.Payload)
                && chronicle.Log.Find(entry.Index) is null
                && groupChanges.Add(entry.Index);
        }

        return any;
    }

    private void Commit(Effect.Committed committed)
    {
        if (groupChanges.Count > 0)
        {
            // Also one that was undone: what is committed in its place ends it.
            groupChanges.RemoveWhere(index => index.CompareTo(committed.CommitIndex) <= 0);
        }

        foreach (var entry in chronicle.Log.Fresh)
        {
            if (entry.Payload is EntryPayload.Answered answered)
            {
                foreach (var call in handlers.Keys.Where(call => call.Incident == answered.Incident).ToArray())
                {
                    handlers.Remove(call);
                }
            }
        }
    }
}
