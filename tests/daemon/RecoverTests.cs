using System.Text.Json;

namespace ClusterRas.Daemon.Tests;

/// <summary>Three of five voters are gone for ever, disks and all.</summary>
public sealed class RecoverTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 5);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Cluster_ThreeOfFiveVotersDestroyed_IsRecoveredByAnOperatorAndAcksAgain()
    {
        var master = await cluster.StartAsync();
        var lost = cluster.Nodes.Where(node => node != master).Take(2).Append(master).ToList();
        var left = cluster.Nodes.Except(lost).ToList();
        foreach (var node in lost)
        {
            node.Kill();
        }

        await cluster.UntilAsync(
            "nobody is known as master",
            async () =>
            {
                var said = await Task.WhenAll(left.Select(node => node.StatusAsync()));
                return said.All(status => status is { Master.HasNode: false });
            }
        );

        // A copy of one disk turns up later; the others are destroyed.
        var returned = lost[0];
        foreach (var node in lost.Skip(1))
        {
            Directory.Delete(node.Data, recursive: true);
        }

        string[] names = ["--lost", string.Join(',', lost.Select(node => node.Name))];
        var plan = await PlanAsync(names);
        var chosen = plan.RootElement.GetProperty("chosen").GetString();
        var word = plan.RootElement.GetProperty("confirmation").GetString()!;
        (
            await Rasctl.RunAsync(cluster.TopologyPath, ["recover", .. names, "--i-have-fenced", "--confirm", "real-0"])
        ).Status.ShouldBe(1, "that is not the word");

        var done = await Rasctl.RunAsync(
            cluster.TopologyPath,
            ["recover", .. names, "--i-have-fenced", "--confirm", word, "--by", "anna", "--why", "fire"]
        );

        done.Status.ShouldBe(0, done.Error);
        done.Out.ShouldStartWith($"{chosen} is master, ");
        (await cluster.MasterAsync()).Name.ShouldBe(chosen);
        var telling = left[1].Kernel.Tell(RealCluster.Panic(lost[1].Number));
        await cluster.AckedAsync(telling);
        await cluster.UntilAsync(
            "both survivors have seats and know of the recovery",
            async () =>
            {
                var said = await Task.WhenAll(left.Select(node => node.StatusAsync()));
                var acts = await left[0].Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon);
                return said.All(status => status?.Members.Count(member => member.Voter) == 2)
                    && acts.Acts is [{ Kind: ActKind.Recover, By: "anna", Why: "fire", LostNodeNames.Count: 3 }];
            }
        );

        // The old disk is refused, and with an empty one the node belongs to the cluster again.
        returned.Start();
        await cluster.SaidAsync(returned, "recovery.retired");
        left.ShouldAllBe(node => node.IsRunning);
        (await returned.StatusAsync())!.OutReason.ShouldContain($"of {returned.Name} is out by recovery 1");
        (await left[0].StatusAsync())!.Master.HasNode.ShouldBeTrue();
        (await returned.StopAsync()).ShouldBe(0);
        Directory.Delete(returned.Data, recursive: true);
        returned.NewBoot();
        await cluster.StartAsync(returned);
    }

    private async Task<JsonDocument> PlanAsync(string[] names)
    {
        // Refused as long as somebody still hears a lost node: who was killed a moment ago was heard a moment ago.
        var said = "";
        await cluster.UntilAsync(
            "nobody hears the lost nodes any more",
            async () =>
            {
                var shown = await Rasctl.RunAsync(cluster.TopologyPath, ["recover", .. names, "--json"]);
                said = shown.Out;
                return shown.Status == 0;
            }
        );
        return JsonDocument.Parse(said);
    }
}
