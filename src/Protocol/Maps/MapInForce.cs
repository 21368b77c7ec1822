using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The map with which this process runs: the file's, until the log has one (protocol.md 15).</summary>
internal sealed class MapInForce(NodeId self, Topology file)
{
    private LogIndex read;
    private EquatableArray<string> proposed;

    /// <summary>The map itself; every rule that asks who there is asks here.</summary>
    public Topology Topology { get; private set; } = file;

    /// <summary>Counts the maps that were applied; 0: none was.</summary>
    public long Version { get; private set; }

    /// <summary>Digests of the maps before this one, oldest first.</summary>
    public EquatableArray<string> Ancestors { get; private set; }

    /// <summary>Digests of other maps of this cluster that the log knows: those before this one, and those that may have come after it.</summary>
    public EquatableArray<string> Kin => new([.. Ancestors.Concat(proposed).TakeLast(MapRecord.AncestorsMax)]);

    /// <summary>Nodes that earlier maps had.</summary>
    public EquatableArray<FormerNode> Former { get; private set; }

    /// <summary>Of <see cref="Topology"/>: 64 hex digits.</summary>
    public string Digest => Topology.Digest.ToString();

    /// <summary>This node is in the map.</summary>
    public bool HasSelf => Has(self);

    /// <summary>The node is in the map.</summary>
    public bool Has(NodeId node) => Topology.FindNode(node) is not null;

    /// <summary>By the map, or by an earlier one; its number where none has it.</summary>
    public string Name(NodeId node) => FormerNode.NameOf(node, Topology, Former);

    /// <summary>Takes over what the committed log says.</summary>
    /// <param name="record">Of the committed book.</param>
    /// <param name="problem">Why its map cannot be read; null: it can, or it is the one in force.</param>
    /// <returns>True: another map is in force now.</returns>
    public bool Take(MapRecord record, out string? problem)
    {
        problem = null;
        if (record.Newest is not { } newest || record.Change is not { } change || newest.Index == read)
        {
            return false;
        }

        read = newest.Index;
        if (Read(change.Text, out problem) is not { } map)
        {
            return false;
        }

        (Topology, Version, Ancestors, Former) = (map, change.Version, change.Ancestors, change.Former);
        return true;
    }

    /// <summary>At a start: the ledger's map goes before the file's.</summary>
    /// <remarks>Where the ledger's has this node not, the file is believed: the node may have been added again since, with a new map
    /// or with an old one. The others judge that by the links that they have, and by the digest. But not while it has a seat: who
    /// votes, and may become master, goes by the log (S10).</remarks>
    /// <param name="appended">Maps in the ledger of which it is not known that they are committed. They are no reason to run with them; but
    /// who does run with one is of this cluster, and without him it may never be known.</param>
    /// <param name="hasSeat">By the ledger, this node is a voter.</param>
    public FileStanding Begin(MapRecord record, IEnumerable<EntryPayload.MapChanged> appended, bool hasSeat)
    {
        proposed = new([
            .. appended
                .SelectMany(change => change.Ancestors.Append(Read(change.Text, out _)?.Digest.ToString()))
                .OfType<string>()
                .Distinct(),
        ]);
        var kept = Topology;
        var fileDigest = Digest;
        if (!Take(record, out _) || Digest == fileDigest)
        {
            return FileStanding.InForce;
        }

        if (HasSelf)
        {
            return Ancestors.Contains(fileDigest) ? FileStanding.Outdated : FileStanding.Unknown;
        }

        if (hasSeat)
        {
            return FileStanding.Leaving;
        }

        Ancestors = new([.. Ancestors, Digest]);
        Topology = kept;
        return FileStanding.Removed;
    }

    /// <summary>Why the map that a peer runs with is none of this cluster; null: it is this one, or one of those that either log knows.</summary>
    public string? WhyForeign(Message.Hello hello)
    {
        var ours = Digest;
        if (hello.TopologyDigest == ours || Kin.Contains(hello.TopologyDigest) || hello.MapKin.Contains(ours))
        {
            return null;
        }

        return $"another topology: theirs {Short(hello.TopologyDigest)}, ours {Short(ours)}; start both with one map of this cluster, or "
            + "have theirs applied where it is to hold: rasctl topology apply";
    }

    /// <summary>The map of a text; null, with the first problem: it is none.</summary>
    public static Topology? Read(string text, out string? problem)
    {
        problem = null;
        switch (TopologyFile.Read(text, "map", new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax }))
        {
            case TopologyReading.Accepted accepted:
                return accepted.Topology;
            case TopologyReading.Refused refused:
                problem = refused.Problems[0].ToString();
                return null;
            default:
                throw new InvalidOperationException("a map is accepted or refused");
        }
    }

    /// <summary>Enough of a digest to tell maps apart by eye.</summary>
    public static string Short(string digest) => digest[..Math.Min(12, digest.Length)];
}
