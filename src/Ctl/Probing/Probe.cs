using System.Collections.Immutable;
using ClusterRas.Ctl.Asking;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Status = ClusterRas.Wire.V1.Status;

namespace ClusterRas.Ctl.Probing;

/// <summary>A running cluster held against a map: every node asked at every DIE, all at once.</summary>
/// <param name="Map">Of the file.</param>
/// <param name="Nodes">By id, as in the map.</param>
/// <param name="Links">All that the map plans.</param>
internal sealed record Probe(Topology Map, ImmutableArray<ProbedNode> Nodes, ImmutableArray<ProbedLink> Links)
{
    /// <summary>True: every node answers on every DIE and runs with this map, and every link that can be is up.</summary>
    public bool IsAsPlanned =>
        Nodes.All(node => node.HasMapOf(Map) && node.Dies.All(found => found.Length == 0))
        && Links.All(link => link.Finding is LinkFinding.Up or LinkFinding.NotBuilt)
        && Links.Any(link => link.Finding == LinkFinding.Up) == (Map.Nodes.Length > 1);

    /// <summary>Asks. Nodes that do not answer are a finding, not a failure.</summary>
    public static async Task<Probe> RunAsync(Topology map, string path, TimeSpan within, CancellationToken stop)
    {
        var asked = map.Nodes.Select(node => AskAsync(node, map, path, within, stop)).ToList();
        var nodes = await Task.WhenAll(asked).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        var byId = nodes.ToDictionary(node => node.Node.Id);
        return new Probe(
            map,
            [.. nodes],
            [.. PlannedLink.AllOf(map).Select(link => ProbedLink.Of(link, byId[link.Lower], byId[link.Higher]))]
        );
    }

    private static async Task<ProbedNode> AskAsync(
        TopologyNode node,
        Topology map,
        string path,
        TimeSpan within,
        CancellationToken stop
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(within);
        var doors = node.Dies.Select(die => new Door(node.Name, die.Grpc)).ToImmutableArray();
        var plan = new AskPlan(doors, within, IsOneNode: true, (path, map.Digest.ToString()));
        var attempts = await Task.WhenAll(doors.Select(door => Attempt.MakeAsync(door, plan, over.Token)))
            .ConfigureAwait(false);
        try
        {
            var reached = attempts.FirstOrDefault(attempt => FoundAt(attempt, node).Length == 0)?.Reached;
            var live =
                reached is null || reached.Status.TopologyDigest == map.Digest.ToString()
                    ? null
                    : await LiveMapAsync(reached, over.Token).ConfigureAwait(false);
            return new ProbedNode(node, [.. attempts.Select(a => FoundAt(a, node))], reached?.Status, live);
        }
        finally
        {
            foreach (var attempt in attempts)
            {
                attempt.Reached?.Dispose();
            }
        }
    }

    // Empty: the right node answered.
    private static string FoundAt(Attempt attempt, TopologyNode node)
    {
        if (attempt.Reached is not { Status: Status status })
        {
            return attempt.Found;
        }

        return status.NodeName.Length == 0 || status.NodeName == node.Name
            ? ""
            : $"somebody else answers: {Text.Printable.Of(status.NodeName)}";
    }

    private static async Task<Topology?> LiveMapAsync(ReachedNode reached, CancellationToken stop)
    {
        try
        {
            var reply = await reached
                .Client.GetTopologyAsync(new GetTopologyRequest(), new CallOptions(cancellationToken: stop))
                .ConfigureAwait(false);
            var options = new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax };
            return (TopologyFile.Read(reply.Text, reached.Name, options) as TopologyReading.Accepted)?.Topology;
        }
        catch (RpcException)
        {
            // An older rasd does not know the call. That its map is another one is known from the digest.
            return null;
        }
    }
}
