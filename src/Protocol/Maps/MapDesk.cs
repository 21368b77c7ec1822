using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Judges as master whether another map may take the place of the present one, and appends it (protocol.md 15).</summary>
/// <remarks>One change at a time, and none while the control group changes: what is refused changes nothing (S10).</remarks>
internal sealed class MapDesk(MapInForce map, RaftMachine raft)
{
    /// <summary>The committed book.</summary>
    public required Func<IncidentBook> Book { get; init; }

    /// <summary>The book with what this leader has appended.</summary>
    public required Func<IncidentBook> Appended { get; init; }

    /// <summary>A wish, for the first time or again. It holds the text, the parent as only ancestor, and the warrant.</summary>
    /// <returns>Why it is refused; empty: appended, or so already.</returns>
    public string OnWish(EntryPayload.MapChanged wish)
    {
        if (Appended().Audit.FindMap(wish) is not null)
        {
            return "";
        }

        if (WhyNotNow(wish) is { } busy)
        {
            return busy;
        }

        if (wish.Text.Length > MapRecord.TextLengthMax)
        {
            return $"the map has {wish.Text.Length} characters, more than {MapRecord.TextLengthMax}";
        }

        if (MapInForce.Read(wish.Text, out var problem) is not { } next)
        {
            return $"the map is refused: {problem}";
        }

        if (WhyNot(next) is { } reason)
        {
            return reason;
        }

        var entry = new EntryPayload.MapChanged(
            map.Version + 1,
            new([.. map.Ancestors.TakeLast(MapRecord.AncestorsMax - 1), map.Digest]),
            wish.Text,
            FormerOf(next),
            wish.Warrant
        );
        return raft.Propose(entry) ? "" : "the master takes no entries now";
    }

    private string? WhyNotNow(EntryPayload.MapChanged wish)
    {
        if (Appended().Map.Version != map.Version)
        {
            return Book().Map.Version == Appended().Map.Version
                ? "the master cannot read the map in its own ledger: it may be of a newer rasd"
                : "another change of the map is going on; try again in a second";
        }

        if (wish.Ancestors.Count == 0 || wish.Ancestors[^1] != map.Digest)
        {
            var built = wish.Ancestors.Count == 0 ? "no map" : MapInForce.Short(wish.Ancestors[^1]);
            return $"it was made for the map {built}, and the cluster has {MapInForce.Short(map.Digest)} (version {map.Version}) by now; "
                + "look what it would change now, and apply it again";
        }

        if (raft.OpenChange is not null)
        {
            return "the control group is just being changed; try again in a second";
        }

        return null;
    }

    private string? WhyNot(Topology next)
    {
        var now = map.Topology;
        if (next.Cluster != now.Cluster)
        {
            return $"it is the map of cluster \"{next.Cluster}\", and this is \"{now.Cluster}\"";
        }

        if (next.Digest == now.Digest)
        {
            return "the cluster has this very map already";
        }

        if (next.DieCount != now.DieCount)
        {
            return $"it has {next.DieCount} DIEs a node, and the cluster runs with {now.DieCount}: stop all nodes for that, and start them with the new file and empty data folders";
        }

        return WhyNotTheSame(next) ?? WhyNoSeatMayGo(next);
    }

    /// <summary>Seats are not taken before all of the last change are. A map that takes none is no matter, whoever is on his way;
    /// where all that the map has have died, adding somebody may be the only way out.</summary>
    private string? WhyNoSeatMayGo(Topology next)
    {
        var leaving = raft.Voters.Where(voter => next.FindNode(voter.Node) is null).ToArray();
        var late = leaving.Where(voter => !map.Has(voter.Node)).ToArray();
        return late.Length == leaving.Length ? null
            : late.Length > 0
                ? $"{map.Name(late[0].Node)} has still to give up its seat after the last change of the map; see rasctl status, and try again"
            : WhyNoMajority(next);
    }

    /// <summary>A node is its id: who takes another's id or name is another node, and needs a change of its own.</summary>
    private string? WhyNotTheSame(Topology next)
    {
        foreach (var node in next.Nodes)
        {
            if (map.Topology.FindNode(node.Id) is { } held && held.Name != node.Name)
            {
                return $"id {node.Id} is {held.Name}'s, and would be {node.Name}'s; give {node.Name} an id that is free, or remove {held.Name} first";
            }

            if (map.Topology.FindNode(node.Name) is { } known && known.Id != node.Id)
            {
                return $"{node.Name} has id {known.Id}, and would have {node.Id}; keep its id, or remove it first and add it anew";
            }
        }

        return null;
    }

    /// <summary>Seats of who leaves are taken one by one; with those that are left there must be a master all the time.</summary>
    private string? WhyNoMajority(Topology next)
    {
        var staying = raft.Voters.Where(voter => next.FindNode(voter.Node) is not null).ToArray();
        var live = staying.Count(raft.IsLive);
        if (live >= (staying.Length / 2) + 1)
        {
            return null;
        }

        var leaving = raft
            .Voters.Where(voter => next.FindNode(voter.Node) is null)
            .Select(voter => map.Name(voter.Node));
        return $"of the voters that would stay {live} of {staying.Length} answer, and they must be a majority; "
            + $"remove {string.Join(", ", leaving)} in several steps, or start the others first";
    }

    private EquatableArray<FormerNode> FormerOf(Topology next) =>
        new([
            .. map
                .Former.Concat(map.Topology.Nodes.Select(node => new FormerNode(node.Id, node.Name)))
                .Where(node => next.FindNode(node.Node) is null)
                .OrderBy(node => node.Node),
        ]);
}
