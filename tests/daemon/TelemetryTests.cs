namespace ClusterRas.Daemon.Tests;

/// <summary>Real daemons that export, and a collector that takes it in.</summary>
public sealed class TelemetryTests : IDisposable
{
    private const ulong HandlerMs = 20_000;

    private readonly RealCluster cluster = new(nodeCount: 3);
    private readonly Collector collector = new();

    [Fact]
    public async Task Panic_IsOneTree_OfTheMasterTheWitnessAndTheHandler()
    {
        Export();
        var master = await cluster.StartAsync();
        using var handler = await HandlerAsync(master);
        var (witness, victim) = await PanicAsync(master);
        await handler.CompleteAsync(await handler.NextAsync(), HandlerOutcome.Done);
        Return(victim);

        var trace = await TreeAsync(
            "clusterras.incident",
            "clusterras.decide",
            "clusterras.handler",
            "clusterras.witness",
            "clusterras.open"
        );
        Teller(trace, "clusterras.incident").ShouldBe(master.Name);
        Teller(trace, "clusterras.decide").ShouldBe(master.Name);
        Teller(trace, "clusterras.handler").ShouldBe(master.Name);
        Teller(trace, "clusterras.witness").ShouldBe(witness.Name);
        Teller(trace, "clusterras.open").ShouldBe(master.Name);
        await cluster.UntilAsync(
            "metrics are there",
            () =>
                Task.FromResult(
                    collector.Metrics.Contains("clusterras.quorum_spare")
                        && collector.Metrics.Contains("clusterras.link_round_trip")
                )
        );
    }

    /// <summary>The second master tells its part under a root that it has never heard of, and tells no root of its own.</summary>
    [Fact]
    public async Task MasterThatDiesInMidIncident_LeavesOneTreeWithItsSuccessor()
    {
        Export();
        var first = await cluster.StartAsync();
        using var handler = await HandlerAsync(first);
        var (witness, victim) = await PanicAsync(first);
        await handler.NextAsync();
        await cluster.UntilAsync(
            "the root has left the first master",
            () => Task.FromResult(collector.Spans.Any(span => span.Name == "clusterras.incident"))
        );
        first.Kill();
        Return(victim);
        var second = await cluster.MasterAsync();
        second.ShouldNotBe(first);

        // Whether the successor has the word itself, and says what became of the handler before the victim's return
        // closes the incident, is chance: so no word of "decide" and "handler".
        string[] parts = ["clusterras.incident", "clusterras.witness", "clusterras.open"];
        var trace = await TreeAsync(parts);
        Teller(trace, "clusterras.incident").ShouldBe(first.Name);
        Teller(trace, "clusterras.witness").ShouldBe(witness.Name);
        Teller(trace, "clusterras.open").ShouldNotBe(first.Name);

        // It sees all of that committed once more, and has told it already or never led those terms.
        first.Start();
        await cluster.MasterAsync();
        (await first.StopAsync()).ShouldBe(0);
        Teller(await TreeAsync(parts), "clusterras.incident").ShouldBe(first.Name);
    }

    [Fact]
    public async Task CollectorThatIsAway_HoldsUpNothing()
    {
        collector.Dispose();
        foreach (var node in cluster.Nodes)
        {
            node.Around = ["/usr/bin/env", $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Endpoint}"];
        }

        var master = await cluster.StartAsync();
        var victim = cluster.Nodes.Last(node => node != master);
        victim.Kill();
        await cluster.AckedAsync(master.Kernel.Tell(RealCluster.Panic(victim.Number)));
        (await master.StopAsync()).ShouldBe(0);
    }

    /// <summary>The spans of the only incident, once these parts of its story are told: exactly one of them is a root, and no parent is missing.</summary>
    private async Task<List<CollectedSpan>> TreeAsync(params string[] parts)
    {
        await cluster.UntilAsync(
            $"{string.Join(", ", parts)} are told",
            () =>
                Task.FromResult(
                    collector
                        .Spans.GroupBy(span => span.Trace)
                        .Any(one => parts.All(part => one.Any(span => span.Name == part)))
                )
        );
        var spans = collector.Spans.ToList();
        var id = spans.Single(span => span.Name == "clusterras.witness").Trace;
        var trace = spans.Where(span => span.Trace == id).ToList();
        parts.Except(trace.Select(span => span.Name)).ShouldBeEmpty();
        trace.Select(span => span.Id).ShouldBeUnique();
        trace.Single(span => span.Parent.Length == 0).Name.ShouldBe("clusterras.incident");
        trace.Where(span => span.Parent.Length > 0).ShouldAllBe(span => trace.Any(other => other.Id == span.Parent));
        return trace;
    }

    private void Export()
    {
        foreach (var node in cluster.Nodes)
        {
            node.Around =
            [
                "/usr/bin/env",
                $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Endpoint}",
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "OTEL_BSP_SCHEDULE_DELAY=100",
                "OTEL_METRIC_EXPORT_INTERVAL=200",
            ];
        }
    }

    private static Task<Subscriber> HandlerAsync(RealNode node) =>
        Subscriber.ConnectAsync(
            node,
            new SubscribeRequest
            {
                Name = "fence",
                Kinds = { EventKind.Panic },
                DeadlineMs = HandlerMs,
                Required = true,
            }
        );

    private static void Return(RealNode victim)
    {
        victim.NewBoot();
        victim.Start();
    }

    private static string Teller(List<CollectedSpan> trace, string name) =>
        trace.Single(span => span.Name == name).Instance;

    /// <summary>Dies, and a node that is not the master is told by its kernel.</summary>
    private async Task<(RealNode Witness, RealNode Victim)> PanicAsync(RealNode master)
    {
        var witness = cluster.Nodes.First(node => node != master);
        var victim = cluster.Nodes.Last(node => node != master && node != witness);
        victim.Kill();
        witness.Kernel.Tell(RealCluster.Panic(victim.Number));
        await cluster.UntilAsync(
            "the incident is open",
            async () => await witness.IncidentsAsync() is [{ Kind: EventKind.Panic }]
        );
        return (witness, victim);
    }

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', collector.Spans));
        }

        cluster.Dispose();
        collector.Dispose();
    }
}
