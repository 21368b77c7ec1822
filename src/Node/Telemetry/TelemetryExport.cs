using System.Diagnostics;
using System.Diagnostics.Metrics;
using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ClusterRas.Node.Telemetry;

/// <summary>Metrics and traces by OTLP, where OpenTelemetry's own environment variables say so; else it is not made at all.</summary>
internal sealed class TelemetryExport : IDisposable
{
    /// <summary>Where to, as every program with OpenTelemetry is told. Unset: nothing is exported.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Name of the meter, for whoever listens.</summary>
    public const string MeterName = "ClusterRas";

    private const string DelayVariable = "OTEL_BSP_SCHEDULE_DELAY";

    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(1);

    /// <summary>All measures of one collection are of one look at the state.</summary>
    private static readonly TimeSpan SameLook = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan EndsWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Spans are few, and a master that is killed takes along what it has not sent, roots among it.</summary>
    private static readonly TimeSpan SpanWaitsAtMost = TimeSpan.FromMilliseconds(500);

    private readonly ActivitySource source;
    private readonly Meter meter;
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;
    private readonly Func<Task<NodeStatus>> read;
    private readonly string version;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private NodeStatus? newest;
    private long readAt;

    private TelemetryExport(
        TopologyNode node,
        CurrentMap map,
        Func<Task<NodeStatus>> read,
        string version,
        TimeProvider clock
    )
    {
        this.read = read;
        this.version = version;
        this.clock = clock;
        source = new ActivitySource(IncidentTracing.SourceName, version);
        meter = new Meter(MeterName, version);
        Tracing = new IncidentTracing(node.Id, map, source, ChosenSpanId.IsPossible, clock);
        foreach (var measure in Measure.All)
        {
            var unit = measure.Unit.Length > 0 ? measure.Unit : null;
            meter.CreateObservableGauge(measure.Name, () => Observe(measure), unit, measure.Help);
        }

        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win, as everywhere.
        var resource = ResourceBuilder
            .CreateEmpty()
            .AddTelemetrySdk()
            .AddService(
                "rasd",
                serviceNamespace: map.Topology.Cluster,
                serviceVersion: version,
                autoGenerateServiceInstanceId: false,
                serviceInstanceId: node.Name
            )
            .AddEnvironmentVariableDetector();
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(IncidentTracing.SourceName)
            .AddOtlpExporter(SendSoon)
            .Build();
        metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MeterName)
            .AddOtlpExporter()
            .Build();
    }

    /// <summary>To be told every fact.</summary>
    public IncidentTracing Tracing { get; }

    /// <returns>Null: nobody said where to.</returns>
    public static TelemetryExport? Create(
        TopologyNode node,
        CurrentMap map,
        Func<Task<NodeStatus>> read,
        string version,
        TimeProvider clock
    ) =>
        Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 }
            ? new TelemetryExport(node, map, read, version, clock)
            : null;

    /// <inheritdoc />
    public void Dispose()
    {
        // A collector that is away must not hold up the end.
        var endsWithin = (int)EndsWithin.TotalMilliseconds;
        traces?.Shutdown(endsWithin);
        metrics?.Shutdown(endsWithin);
        traces?.Dispose();
        metrics?.Dispose();
        meter.Dispose();
        source.Dispose();
    }

    private static void SendSoon(OtlpExporterOptions exporter)
    {
        if (Environment.GetEnvironmentVariable(DelayVariable) is not { Length: > 0 })
        {
            exporter.BatchExportProcessorOptions.ScheduledDelayMilliseconds = (int)SpanWaitsAtMost.TotalMilliseconds;
        }
    }

    private IEnumerable<Measurement<double>> Observe(Measure measure) =>
        Look() is { } status
            ? measure
                .Take(status, version)
                .Select(sample => new Measurement<double>(
                    sample.Value,
                    sample.Labels.Select(label => KeyValuePair.Create(label.Name, (object?)label.Value))
                ))
            : [];

    /// <summary>On the exporter's own thread, which may wait.</summary>
    private NodeStatus? Look()
    {
        lock (gate)
        {
            if (readAt != 0 && clock.GetElapsedTime(readAt) < SameLook)
            {
                return newest;
            }

            // What cannot be read now is not told now.
            var reading = read();
            newest = reading.Wait(ReadWithin) ? reading.Result : null;
            readAt = clock.GetTimestamp();
            return newest;
        }
    }
}
