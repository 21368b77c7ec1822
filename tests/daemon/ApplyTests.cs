using ClusterRas.Fabric;
using Grpc.Core;

namespace ClusterRas.Daemon.Tests;

/// <summary>The map of a running cluster changes: n4 leaves, n5 comes, n3 moves, and n1 and n2 notice no more than links.</summary>
public sealed class ApplyTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 5, control: 3);
    private readonly List<RealNode> moved = [];

    [Fact]
    public async Task Nodes_AddedMovedAndRemoved_RestartNobodyElse()
    {
        var before = Write("before.json", Map([1, 2, 3, 4]));
        var place = ClusterMap.Create(nodeCount: 6).Nodes[5].Dies;
        var after = Map([1, 2, 3, 5], movedTo: place);
        foreach (var node in cluster.Nodes)
        {
            node.TopologyPath = before;
        }

        await cluster.StartAsync(cluster[1], cluster[2], cluster[3], cluster[4]);
        RealNode[] stay = [cluster[1], cluster[2]];
        var processes = stay.Select(node => (node.ProcessId, StartOf(node))).ToArray();

        var reply = await stay[1]
            .Operator.ApplyTopologyAsync(
                new ApplyTopologyRequest
                {
                    Text = TopologyFile.Write(after),
                    ParentDigest = Map([1, 2, 3, 4]).Digest.ToString(),
                    By = "anna",
                },
                RealNode.Soon
            );
        reply.MapVersion.ShouldBe(1u);
        reply.TopologyDigest.ShouldBe(after.Digest.ToString());

        // It is connected as before until it is started at its new place; the removed one reads that it is removed.
        await cluster.AckedAsync(cluster[3].Kernel.Tell(RealCluster.Panic(1, windowMs: 3_000)));
        await cluster.UntilAsync(
            "n4 knows that it is removed",
            async () =>
                (await cluster[4].StatusAsync())?.OutReason.Contains("stop rasd here", StringComparison.Ordinal) == true
        );
        (await cluster[4].StopAsync()).ShouldBe(0);
        (await cluster[3].StopAsync()).ShouldBe(0);
        var n3 = new RealNode(Path.Combine(cluster.Folder, "elsewhere"), before, after.FindNode("n3")!)
        {
            Data = cluster[3].Data,
        };
        moved.Add(n3);
        n3.Start();
        cluster[5].TopologyPath = Write("after.json", after);
        cluster[5].Start();
        RealNode[] live = [.. stay, n3, cluster[5]];
        await cluster.UntilAsync(
            "all four hear each other, with one map",
            async () =>
            {
                var said = await Task.WhenAll(live.Select(node => node.StatusAsync()));
                return said.All(status =>
                    status is { MapVersion: 1, OutReason: "" }
                    && status.Members.Count == 4
                    && status.Members.All(member => member.HasMapVersion && member.MapVersion == 1)
                    && status.Members.All(member => member.Node == status.Node || member.Health == Health.Up)
                );
            }
        );
        n3.HasSaid("map.file_outdated").ShouldBeTrue();
        stay.Select(node => (node.ProcessId, StartOf(node))).ShouldBe(processes);

        // The removed one is not let in again with its old file, and says why.
        cluster[4].Start();
        await cluster.SaidAsync(cluster[4], "map.removed");
        (await cluster[4].StatusAsync())?.Master.HasNode.ShouldBeFalse();
        var acts = await stay[0].Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon);
        acts.Acts.ShouldContain(act => act.Kind == ActKind.Map && act.MapVersion == 1 && act.By == "anna");
    }

    [Fact]
    public async Task Map_ThatIsRefused_ChangesNothing()
    {
        await cluster.StartAsync();
        var wrong = TopologyFile.Write(cluster.Topology).Replace("\"n5\"", "\"n4\"", StringComparison.Ordinal);
        var parent = cluster.Topology.Digest.ToString();

        var byRules = await RefusedAsync(wrong, parent);
        var byParent = await RefusedAsync(TopologyFile.Write(Map([1, 2, 3])), new string('0', 64));

        byRules.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        byRules.Status.Detail.ShouldContain("[name-taken]");
        byParent.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        byParent.Status.Detail.ShouldStartWith("it was made for the map 000000000000, and the cluster has ");
        foreach (var node in cluster.Nodes)
        {
            var status = (await node.StatusAsync())!;
            (status.MapVersion, status.TopologyDigest).ShouldBe((0u, parent));
        }
    }

    public void Dispose()
    {
        foreach (var node in moved)
        {
            node.Dispose();
        }

        cluster.Dispose();
    }

    private static long StartOf(RealNode node)
    {
        // The name in brackets may hold blanks; field 22 of all is the start time, in ticks since boot.
        var stat = File.ReadAllText($"/proc/{node.ProcessId}/stat");
        return long.Parse(
            stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19],
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    private async Task<RpcException> RefusedAsync(string text, string parent) =>
        await Should.ThrowAsync<RpcException>(async () =>
            await cluster[1]
                .Operator.ApplyTopologyAsync(
                    new ApplyTopologyRequest { Text = text, ParentDigest = parent },
                    RealNode.Soon
                )
        );

    private Topology Map(int[] numbers, System.Collections.Immutable.ImmutableArray<TopologyDie> movedTo = default) =>
        Topology.Create(
            cluster.Topology.Cluster,
            [
                .. cluster
                    .Topology.Nodes.Where(node => numbers.Contains(node.Id.Value + 1))
                    .Select(node =>
                        node.Name == "n3" && !movedTo.IsDefault
                            ? node with
                            {
                                Dies = [node.Dies[0] with { Grpc = movedTo[0].Grpc }],
                            }
                            : node
                    ),
            ],
            [new NodeId(0), new NodeId(1), new NodeId(2)],
            cluster.Topology.Ub
        );

    private string Write(string name, Topology map)
    {
        var path = Path.Combine(cluster.Folder, name);
        File.WriteAllText(path, TopologyFile.Write(map));
        return path;
    }
}
