namespace ClusterRas.Daemon.Tests;

/// <summary>Real daemons that export, and a collector that takes it in.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);
    private readonly Collector collector = new();

    [Fact]
    public async Task Panic_IsOneTraceOfTheMasterAndTheWitness_AndMetricsGoOut()
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

        var master = await cluster.StartAsync();
        var witness = cluster.Nodes.First(node => node != master);
        var victim = cluster.Nodes.Last(node => node != master && node != witness);
        victim.Kill();
        await cluster.AckedAsync(witness.Kernel.Tell(RealCluster.Panic(victim.Number)));

        await cluster.UntilAsync(
            "both have told their part of one trace",
            () =>
                Task.FromResult(
                    collector
                        .Spans.GroupBy(span => span.Trace)
                        .Any(trace =>
                            trace.Any(span => span.Name == "clusterras.decide")
                            && trace.Any(span => span.Name == "clusterras.witness")
                        )
                )
        );
        await cluster.UntilAsync(
            "metrics are there",
            () =>
                Task.FromResult(
                    collector.Metrics.Contains("clusterras.quorum_spare")
                        && collector.Metrics.Contains("clusterras.link_round_trip")
                )
        );
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

    public void Dispose()
    {
        cluster.Dispose();
        collector.Dispose();
    }
}
