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
        Tell(nodes, 9000, Closed(term: 3));

        told.Select(span => span.TraceId).Distinct().Count().ShouldBe(1);
        told.Select(span => (span.OperationName, At(span), (int)span.Duration.TotalMilliseconds))
            .ShouldBe([
                ("clusterras.incident", 2, 18),
                ("clusterras.handler", 20, 20),
                ("clusterras.decide", 12, 29),
                ("clusterras.witness", 10, 35),
                ("clusterras.open", 20, 8980),
            ]);
        told[0].ParentSpanId.ShouldBe(default);
        told[0].SpanId.ShouldBe(Root(9, Opened()).SpanId);
        told.Skip(1).ShouldAllBe(span => span.ParentSpanId == told[0].SpanId);
        told.Select(span => span.SpanId).ShouldBeUnique();
        told[1].GetTagItem("clusterras.handler.name").ShouldBe("drain");
        told[1].Status.ShouldBe(ActivityStatusCode.Ok);
        told[3].GetTagItem("clusterras.release.outcome").ShouldBe("acked");
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
        told[0].ParentSpanId.ShouldBe(Root(9, Opened()).SpanId);
        Root(10, Opened()).TraceId.ShouldNotBe(told[0].TraceId);
        Root(10, Opened()).SpanId.ShouldNotBe(told[0].ParentSpanId);
        Root(10, Opened(), "other").TraceId.ShouldNotBe(Root(10, Opened()).TraceId);
    }

    /// <summary>Two nodes that both believe to be master see the same entries committed; the one that appended them tells.</summary>
    [Fact]
    public void EntriesOfATerm_AreToldByItsMaster_AlsoWhenAnotherOneCommitsThem()
    {
        IncidentTracing[] nodes = [NewTracing(Master), NewTracing(Witness)];
        Tell(nodes, 0, new Fact.MasterChanged(Master, new Term(3)));
        Tell([nodes[1]], 5, new Fact.MasterChanged(Witness, new Term(4)));
        Tell([nodes[1]], 10, Committed(9, Opened()));
        Tell([nodes[1]], 10, Committed(10, Answered()));
        told.ShouldBeEmpty();

        Tell([nodes[0]], 20, Committed(9, Opened()));
        Tell([nodes[0]], 20, new Fact.MasterChanged(Witness, new Term(4)));
        Tell([nodes[0]], 21, Committed(10, Answered()));
        told.Select(span => span.OperationName).ShouldBe(["clusterras.incident", "clusterras.handler"]);

        Tell(nodes, 30, Closed(term: 4));
        told.Count(span => span.OperationName == "clusterras.open").ShouldBe(1);
        told.Count(span => span.ParentSpanId == default).ShouldBe(1);
        told.Skip(1).ShouldAllBe(span => span.ParentSpanId == told[0].SpanId);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void AgeThatCannotBe_BreaksNothing(long ageMs)
    {
        var node = NewTracing(Master);
        Tell([node], 0, new Fact.MasterChanged(Master, new Term(3)));
        Tell([node], 1, Committed(9, Opened() with { AgeMs = ageMs }));

        told.Single().Duration.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    [Fact]
    public void RuntimeThatKeepsItsIds_TellsNoParentThatNobodyHas()
    {
        var node = new IncidentTracing(Witness, map, source, isRooted: false, clock);
        Tell([node], 0, new Fact.MasterChanged(Witness, new Term(3)));
        Tell([node], 0, new Fact.WordRaised(Words(), 34_000));
        Tell([node], 1, Committed(9, Opened()));
        Tell([node], 2, Committed(10, Released(ReleaseOutcome.Acked)));

        told.Select(span => span.OperationName).ShouldBe(["clusterras.incident", "clusterras.witness"]);
        told.ShouldAllBe(span => span.ParentSpanId == default && span.TraceId == told[0].TraceId);
    }

    /// <summary>The wall between us and a field of the runtime: where this fails, so do roots.</summary>
    [Fact]
    public void ThisRuntime_LetsUsChooseTheIdOfASpan() => ChosenSpanId.IsPossible.ShouldBeTrue();

    [Fact]
    public void IncidentOfBeforeTheStart_IsNotMadeUp()
    {
        var node = NewTracing(Witness);
        Tell([node], 0, new Fact.MasterChanged(Witness, new Term(3)));
        Tell([node], 1, Committed(10, Released(ReleaseOutcome.Acked)));
        Tell([node], 2, Closed(term: 3));

        told.ShouldBeEmpty();
    }

    public void Dispose()
    {
        listener.Dispose();
        source.Dispose();
    }

    private static IncidentId Incident => new(new LogIndex(9));

    private static Fact.EntryCommitted Committed(long index, EntryPayload payload) =>
        new(new Entry(new LogIndex(index), new Term(3), payload));

    private static Fact.IncidentClosed Closed(long term) => new(Incident, new Term(term), CloseReason.Rebooted, "");

    private static ActivityContext Root(long index, EntryPayload.Opened opened, string cluster = "test") =>
        IncidentTracing.RootOf(cluster, new Entry(new LogIndex(index), new Term(3), opened));

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

    private IncidentTracing NewTracing(NodeId self) => new(self, map, source, isRooted: true, clock);

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
