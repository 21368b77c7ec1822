namespace ClusterRas.Daemon.Tests;

/// <summary>A master that is to end, or to be none: by SIGTERM, or by an operator's word.</summary>
public sealed class StoppedMasterTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Master_Stopped_HasASuccessorBeforeItEndsAndAPanicMeanwhileIsAcked()
    {
        var old = await cluster.StartAsync();
        var witness = cluster.Nodes.First(node => node != old);
        var before = (await old.StatusAsync())!.Master.Term;

        // Its SIGTERM and the word are on their way together.
        var ending = old.StopAsync();
        var telling = witness.Kernel.Tell(RealCluster.Panic(old.Number));
        (await ending).ShouldBe(0);

        var after = (await witness.StatusAsync())!.Master;
        after.HasNode.ShouldBeTrue("without a handover nobody would be known yet");
        after.Node.ShouldNotBe((uint)old.Node.Id.Value);
        after.Term.ShouldBe(before + 1);
        old.HasSaid("rasd.handed_over").ShouldBeTrue();
        await cluster.AckedAsync(telling);
        var acts = await witness.Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon);
        var act = acts.Acts.ShouldHaveSingleItem();
        (act.Kind, act.By, act.Why).ShouldBe((ActKind.Transfer, $"rasd on {old.Name}", "rasd is stopped"));
    }

    [Fact]
    public async Task Transfer_ByAnOperator_MovesTheMasterToTheNodeThatIsNamed()
    {
        var old = await cluster.StartAsync();
        var successor = cluster.Nodes.Last(node => node != old);
        var asked = cluster.Nodes.First(node => node != old);

        var reply = await asked.Operator.TransferAsync(
            new TransferRequest
            {
                ToNodeName = successor.Name,
                By = "anna",
                Why = "new memory",
            },
            RealNode.Soon
        );

        reply.MasterNodeName.ShouldBe(successor.Name);
        (await cluster.MasterAsync()).ShouldBe(successor);
        await cluster.UntilAsync(
            "every node knows who asked for it",
            async () =>
            {
                var lists = await Task.WhenAll(
                    cluster.Nodes.Select(async node =>
                        await node.Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon)
                    )
                );
                return lists.All(list => list.Acts is [{ By: "anna", Why: "new memory", SaidUnixMs: > 0 }]);
            }
        );
    }

    [Fact]
    public async Task Drain_OfTheMaster_MovesTheMasterAndItsSeatAndIsOverOnceItBootsAnew()
    {
        var old = await cluster.StartAsync();
        var asked = cluster.Nodes.First(node => node != old);

        var reply = await asked.Operator.DrainAsync(
            new DrainRequest
            {
                NodeName = old.Name,
                By = "anna",
                Why = "new memory",
            },
            RealNode.Soon
        );

        reply.VoterNodeNames.ShouldBe(cluster.Nodes.Where(node => node != old).Select(node => node.Name));
        reply.MasterNodeName.ShouldBeOneOf([.. reply.VoterNodeNames]);
        var acts = await asked.Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon);
        var act = acts.Acts.ShouldHaveSingleItem();
        (act.Kind, act.NodeName, act.By, act.Why).ShouldBe((ActKind.Stop, old.Name, "anna", "new memory"));
        var member = (await asked.StatusAsync())!.Members.Single(one => one.NodeName == old.Name);
        (member.Draining, member.Voter).ShouldBe((true, false));

        (await old.StopAsync()).ShouldBe(0);
        old.NewBoot();
        old.Start();
        await cluster.UntilAsync(
            "the node has its seat again",
            async () =>
                (await asked.StatusAsync()) is { } status
                && status.Members.All(one => one is { Voter: true, Draining: false })
        );
    }

    [Fact]
    public async Task LastNode_Stopped_EndsAllTheSame()
    {
        await cluster.StartAsync();
        foreach (var node in cluster.Nodes)
        {
            (await node.StopAsync()).ShouldBe(0, node.Name);
        }
    }
}
