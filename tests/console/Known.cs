using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Tests;

/// <summary>What a node would know: a log of entries, folded as every node folds them, and how the others look from n01.</summary>
internal sealed class Known(int nodeCount = 5)
{
    public static readonly Instant Now = new(3_600_000_000_000);

    private readonly List<EntryPayload> log = [];
    private IncidentBook book = IncidentBook.Empty;
    private int folded;

    public Topology Map { get; } =
        Topology.Create(
            "test",
            [
                .. Enumerable
                    .Range(0, nodeCount)
                    .Select(at => new TopologyNode(
                        new NodeId(at),
                        string.Create(CultureInfo.InvariantCulture, $"n{at + 1:00}"),
                        new Cna((uint)(100 + at)),
                        [.. Enumerable.Range(0, 2).Select(die => DieOf(at, die))]
                    )),
            ],
            null
        );

    public Dictionary<int, NodeHealth> Health { get; } = [];

    public List<PeerSights> Sights { get; } = [];

    public List<LinkStatus> Links { get; } = [];

    public ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>> Frames { get; set; } =
        ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>>.Empty;

    public List<ProgramOfPeer> Programs { get; } = [];

    public NodeId? Master { get; set; } = new NodeId(0);

    public string? Storage { get; set; }

    public static NodeId Node(int number) => new(number - 1);

    public static Life LifeOf(int number, int tag = 1) => new(new BootId((UInt128)((number * 1000) + tag)), tag);

    /// <summary>The index of the entry.</summary>
    public long Log(EntryPayload payload)
    {
        log.Add(payload);
        return log.Count;
    }

    public long Join(int number, int tag = 1) =>
        Log(new EntryPayload.Joined(Node(number), LifeOf(number, tag), new DiskId((UInt128)number)));

    public long Open(int number, EventKind kind, Words? words, long? leftMs = null) =>
        Log(new EntryPayload.Opened(Node(number), LifeOf(number), 0, kind, words, 120, leftMs, []));

    public static Words Word(int witness, int victim, EventKind kind, ulong msgid = 7, EventDetail? detail = null) =>
        new(
            ReportId.ForDevice(Node(witness), LifeOf(witness).Boot, kind, msgid, 123_456),
            null,
            null,
            Node(victim),
            default,
            1,
            Waiter.StockRemote,
            35_001,
            detail
        );

    public NodeStatus Status()
    {
        for (; folded < log.Count; folded++)
        {
            var entry = new Entry(new LogIndex(folded + 1), new Term(3), log[folded]);
            book = book.Apply(entry, Now - TimeSpan.FromSeconds(5));
        }

        return new NodeStatus(
            Now,
            Node(1),
            LifeOf(1),
            new DiskId(1),
            new ClusterId(99),
            RaftRole.Leader,
            new Term(3),
            Master,
            Master is null ? null : TimeSpan.FromMilliseconds(40),
            true,
            new LogIndex(log.Count),
            new LogIndex(log.Count),
            new([.. Map.ControlGroup.Select(node => new Voter(node, new DiskId((UInt128)(node.Value + 1))))]),
            book,
            new([.. Map.Nodes.Select((node, at) => Health.GetValueOrDefault(at + 1, NodeHealth.Up))]),
            new([.. Links]),
            new([.. Sights]),
            [],
            0,
            Storage,
            null,
            new MapStatus(Map, 0, [], []),
            FileStanding.InForce
        )
        {
            Programs = new([.. Programs]),
            Frames = Frames,
        };
    }

    private static TopologyDie DieOf(int at, int die) =>
        HostPort.TryParse(string.Create(CultureInfo.InvariantCulture, $"127.0.{die + 1}.{at + 1}:7400"), out var grpc)
            ? new TopologyDie(new Die(die), new Eid(0xfd00_0000_0000_0000 + (ulong)die, (ulong)(at + 1)), grpc)
            : throw new InvalidOperationException("no address");
}
