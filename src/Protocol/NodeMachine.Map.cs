using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The map changes by a committed entry: who is linked follows it (protocol.md 15).</summary>
public sealed partial class NodeMachine
{
    /// <summary>Who is not in the map stays linked for so long: it shall read that itself, or tell us the newer map that has it.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(2);

    private readonly SortedDictionary<NodeId, Instant> leaving = [];
    private readonly SortedDictionary<NodeId, long> mapsHeard = [];
    private Instant? selfLeavesAt;

    /// <summary>What the file that this process was started with is to the ledger's maps.</summary>
    public FileStanding FileStanding { get; }

    /// <summary>The map in force, as at the last step.</summary>
    public MapStatus Map => new(map.Topology, map.Version, map.Former, []);

    private string? WhyRemoved =>
        map.HasSelf
            ? null
            : $"this node is not in the map any more since version {map.Version}: stop rasd here. To have it back, add it to the map "
                + "(rasctl topology apply) and start it with that map";

    private void BeginLinks(Instant now)
    {
        if (map.Version > 0)
        {
            links.Follow(now, map.Topology, []);
            selfLeavesAt = map.HasSelf ? null : now + LeaveWithin;
        }

        raft.Follow([.. links.Peers]);
    }

    private void TakeCommittedMap()
    {
        var before = map.Topology;
        if (!map.Take(book.Map, out var problem))
        {
            if (problem is not null)
            {
                outlet.Note(new Fact.MapUnreadable(book.Map.Version, problem));
            }

            return;
        }

        outlet.Note(new Fact.MapTaken(map.Version, map.Digest, map.Topology.Nodes.Length));
        foreach (var node in before.Nodes)
        {
            if (node.Id != self && !map.Has(node.Id))
            {
                leaving.TryAdd(node.Id, outlet.Now + LeaveWithin);
            }
        }

        foreach (var node in map.Topology.Nodes)
        {
            leaving.Remove(node.Id);
        }

        selfLeavesAt = map.HasSelf ? null : outlet.Now + LeaveWithin;
        FollowMap();
    }

    /// <summary>Lets go who has had its time and has no seat any more, in the rhythm of presence.</summary>
    private void LetGo()
    {
        if (leaving.Count == 0 && selfLeavesAt is null)
        {
            return;
        }

        var gone = false;
        foreach (var (node, until) in leaving.ToArray())
        {
            if (HasSeat(node))
            {
                // Until it has none its vote may be needed; and then it shall read that it has none.
                leaving[node] = outlet.Now + LeaveWithin;
            }
            else if (outlet.Now >= until && !(KnowsOurMap(node) && links.IsHeard(outlet.Now, node)))
            {
                gone |= leaving.Remove(node);
                mapsHeard.Remove(node);
                peers.Remove(node);
            }
        }

        if (selfLeavesAt is { } at && outlet.Now >= at && !HasSeat(self))
        {
            selfLeavesAt = null;
            leaving.Clear();
            gone = true;
        }

        if (gone)
        {
            FollowMap();
        }
    }

    private void FollowMap()
    {
        links.Follow(outlet.Now, map.HasSelf || selfLeavesAt is not null ? map.Topology : null, leaving.Keys);
        raft.Follow([.. links.Peers]);
        outlet.Emit(
            new Effect.MapTaken(map.Topology, map.Version, map.Former, new([.. links.All.Select(link => link.Id)]))
        );
    }

    /// <summary>A hello of somebody to whom there is no link. Whose log knows our map is let in: it may have a newer one, and be the
    /// only one that can tell us. And who has still a seat, though the map has it no more: its vote may be needed, and we may have been started since.</summary>
    private void OnStranger(LinkId id, Message.Hello hello)
    {
        if (WhyStranger(id, hello) is { } reason)
        {
            Refuse(new Link(id) { State = LinkState.Opening }, reason);
            return;
        }

        leaving.TryAdd(id.Peer, outlet.Now + LeaveWithin);
        var link = links.Welcome(id, outlet.Now);
        link.State = LinkState.Opening;
        link.Transit.Reset(outlet.Now);
        raft.Follow([.. links.Peers]);
        OnHello(link, hello);
    }

    private string? WhyStranger(LinkId id, Message.Hello hello)
    {
        if (map.WhyForeign(hello) is { } foreign)
        {
            return foreign;
        }

        if (id.Die.Value >= map.Topology.DieCount)
        {
            return $"there is no {id.Die} by map version {map.Version}";
        }

        return raft.Cluster.IsNone || !(hello.MapKin.Contains(map.Digest) || HasSeat(id.Peer))
            ? $"node {id.Peer} has no link here by map version {map.Version}: stop rasd there, or add it again (rasctl topology apply) and start it "
                + "with that map"
            : null;
    }

    private bool KnowsOurMap(NodeId node) =>
        peers.TryGetValue(node, out var hello) && hello.MapKin.Contains(map.Digest);

    /// <summary>Who has taken another map listens to some nodes since then only.</summary>
    private void NoteMapOf(NodeId peer, long version)
    {
        if (mapsHeard.TryGetValue(peer, out var known) && known != version)
        {
            links.NoteListensAnew(peer);
        }

        mapsHeard[peer] = version;
    }

    private bool HasSeat(NodeId node) =>
        raft.Voters.Any(voter => voter.Node == node) || raft.CommittedVoters.Any(voter => voter.Node == node);
}
