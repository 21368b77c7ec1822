using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Node.Telemetry;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Tests;

/// <summary>What each node tells of an incident, and that all of it is one trace.</summary>
public sealed class IncidentTracingTests : IDisposable
{
    private static readonly NodeId Master = new(0);
    private static readonly NodeId Witness = new(1);
    private static readonly NodeId Victim = new(2);
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly ActivitySource source = new($"{IncidentTracing.SourceName}.{Guid.NewGuid()}");
    private readonly ActivityListener listener;
    private readonly List<Activity> told = [];
    private readonly Hand clock = new() { Now = Start };
    private readonly CurrentMap map = new(new MapStatus(Topology.Create("test", [.. Nodes()], null), 0, [], []));
    private readonly ReportId report = ReportId.ForDevice(Witness, new BootId(77), EventKind.Panic, 5, 123);

    public IncidentTracingTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = one => one == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = told.Add,
        };
        ActivitySource.AddActivityListener(listener);
    }

    [Fact]
    public void Panic_IsOneTrace_OfItsWitnessItsMasterAndItsHandlers()
    {
        IncidentTracing[] nodes = [NewTracing(Master), NewTracing(Witness), NewTracing(Victim)];
        Tell(nodes, 0, new Fact.MasterChanged(Master, new Term(3)));
        Tell([nodes[1]], 10, new Fact.WordRaised(Words(), 34_000));
        Tell([nodes[0]], 12, new Fact.WordReceived(report, Witness));
        Tell(nodes, 20, Committed(9, Opened()));
        Tell(nodes, 40, Committed(10, Answered()));
        Tell([nodes[0]], 41, new Fact.AnswerSent(report, Incident, Verdict.Handled));
        Tell([nodes[1]], 45, new Fact.ReleaseDone(report, Verdict.Handled, ReleaseOutcome.Acked, 33_000));
        Tell(nodes, 50, Committed(11, Released(ReleaseOutcome.Acked)));
        Tell(nodes, 9000, Committed(12, new EntryPayload.Closed(Incident, CloseReason.Rebooted, "")));

        told.Select(span => span.TraceId).Distinct().Count().ShouldBe(1);
        told.ShouldAllBe(span => span.ParentSpanId == default);
        told.Select(span => (span.OperationName, At(span), (int)span.Duration.TotalMilliseconds))
            .ShouldBe([
                ("clusterras.handler", 20, 20),
                ("clusterras.decide", 12, 29),
                ("clusterras.witness", 10, 35),
                ("clusterras.incident", 20, 8980),
            ]);
        told[0].GetTagItem("clusterras.handler.name").ShouldBe("drain");
        told[0].Status.ShouldBe(ActivityStatusCode.Ok);
        told[2].GetTagItem("clusterras.release.outcome").ShouldBe("acked");
        told.ShouldAllBe(span => (string?)span.GetTagItem("clusterras.incident.victim") == "n3");
    }

    [Fact]
    public void LateRelease_IsAnError_AndAnotherIncidentIsAnotherTrace()
    {
        var node = NewTracing(Witness);
        Tell([node], 0, new Fact.WordRaised(Words(), 34_000));
        Tell([node], 1, Committed(9, Opened()));
        Tell([node], 2, Committed(10, Released(ReleaseOutcome.Late)));

        told.Single().Status.ShouldBe(ActivityStatusCode.Error);
        var other = new Entry(new LogIndex(10), new Term(3), Opened());
        IncidentTracing.TraceIdOf("test", other).ShouldNotBe(told[0].TraceId);
        IncidentTracing.TraceIdOf("other", other).ShouldNotBe(IncidentTracing.TraceIdOf("test", other));
    }

    [Fact]
    public void IncidentOfBeforeTheStart_IsNotMadeUp()
    {
        var node = NewTracing(Witness);
        Tell([node], 0, new Fact.MasterChanged(Witness, new Term(3)));
        Tell([node], 1, Committed(10, Released(ReleaseOutcome.Acked)));
        Tell([node], 2, Committed(11, new EntryPayload.Closed(Incident, CloseReason.Rebooted, "")));

        told.ShouldBeEmpty();
    }

    public void Dispose()
    {
        listener.Dispose();
        source.Dispose();
    }

    private static IncidentId Incident => new(new LogIndex(9));

    private static Fact.EntryCommitted Committed(long index, EntryPayload payload) =>
        new Fact.EntryCommitted(new Entry(new LogIndex(index), new Term(3), payload));

    private static EntryPayload.Answered Answered() =>
        new(Incident, Verdict.Handled, 0, new([new HandlerResult("drain", HandlerOutcome.Done, 0, "")]));

    private static int At(Activity span) => (int)(span.StartTimeUtc - Start.UtcDateTime).TotalMilliseconds;

    private static IEnumerable<TopologyNode> Nodes() =>
        Enumerable
            .Range(0, 3)
            .Select(at =>
                HostPort.TryParse($"127.0.0.{at + 1}:7400", out var grpc)
                    ? new TopologyNode(
                        new NodeId(at),
                        $"n{at + 1}",
                        null,
                        [new TopologyDie(new Die(0), new Eid(0xfd00_0000_0000_0000, (ulong)(at + 1)), grpc)]
                    )
                    : throw new InvalidOperationException("no address")
            );

    private IncidentTracing NewTracing(NodeId self) => new(self, map, source, clock);

    private Words Words() => new(report, null, null, Victim, default, 1, Waiter.StockRemote, 35_001, null);

    private EntryPayload.Opened Opened() =>
        new(Victim, new Life(new BootId(99), 1), 0, EventKind.Panic, Words(), 10, 34_000, []);

    private EntryPayload.Released Released(ReleaseOutcome outcome) =>
        new(Incident, report, Verdict.Handled, outcome, 33_000);

    private void Tell(IEnumerable<IncidentTracing> nodes, int ms, Fact fact)
    {
        clock.Now = Start.AddMilliseconds(ms);
        foreach (var node in nodes)
        {
            node.Note(fact);
        }
    }

    private sealed class Hand : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
