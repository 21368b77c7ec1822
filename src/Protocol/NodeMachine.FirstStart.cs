using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

public sealed partial class NodeMachine
{
    // As long as machines that were switched on together take to hear each other, and more.
    private static readonly TimeSpan FirstStartTakes = TimeSpan.FromSeconds(5);

    private (string? Reason, Instant Since, bool IsTold) firstStart;

    /// <summary>B3: all seeded control nodes and more than half of the map are present and empty, on one digest; the lowest makes the first
    /// entry.</summary>
    /// <remarks>The control group of a map that shrank may be a single node. If that node has lost its disk, it alone cannot tell a first
    /// start from its own loss.</remarks>
    private void TryFound()
    {
        if (!raft.Cluster.IsNone || map.Topology.ControlGroup[0] != self || KnowsCluster())
        {
            return;
        }

        var empty = EmptyDisks();
        if (WhyNotFounded(empty) is not null)
        {
            return;
        }

        EquatableArray<Voter> voters = [.. map.Topology.ControlGroup.Select(node => new Voter(node, empty[node]))];
        raft.Found(new ClusterId(founding.NextWide() | 1), voters);
        foreach (var node in peers.Keys.ToArray())
        {
            raft.TellFounding(node);
        }
    }

    /// <summary>Tells people why there is no cluster yet, once that has lasted longer than in good order; again when it changes.</summary>
    private void TellFirstStart()
    {
        var reason = raft.Cluster.IsNone && !KnowsCluster() ? WhyNotFounded(EmptyDisks()) : null;
        if (reason != firstStart.Reason)
        {
            firstStart = (reason, outlet.Now, false);
        }

        if (reason is not null && !firstStart.IsTold && outlet.Now - firstStart.Since >= FirstStartTakes)
        {
            firstStart.IsTold = true;
            outlet.Note(new Fact.FirstStartWaits(reason));
        }
    }

    /// <summary>Whoever has the cluster's log will tell its first entry: this start is not the first.</summary>
    private bool KnowsCluster() =>
        peers.Values.Any(peer => !peer.Cluster.IsNone && links.IsHeard(outlet.Now, peer.Node));

    /// <summary>Nodes of the map that are here, where nobody knows a cluster.</summary>
    private Dictionary<NodeId, DiskId> EmptyDisks()
    {
        var empty = new Dictionary<NodeId, DiskId> { [self] = disk };
        foreach (var node in map.Topology.Nodes)
        {
            if (node.Id != self && peers.TryGetValue(node.Id, out var hello) && links.IsHeard(outlet.Now, node.Id))
            {
                empty.Add(node.Id, hello.Disk);
            }
        }

        return empty;
    }

    private string? WhyNotFounded(Dictionary<NodeId, DiskId> empty)
    {
        var missing = map.Topology.ControlGroup.Where(node => !empty.ContainsKey(node)).Select(map.Name).ToArray();
        var (here, all) = (empty.Count, map.Topology.Nodes.Length);
        return missing.Length > 0 ? $"not heard of the control group: {string.Join(", ", missing)}"
            : here * 2 <= all ? $"{here} of {all} nodes are heard, and more than half must be"
            : null;
    }
}
