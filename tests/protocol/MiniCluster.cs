using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>A few machines on perfect links, 1 ms apart, with disks of 1 ms: enough to state one rule at a time.</summary>
internal sealed class MiniCluster
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<(int Node, Input Input), (long At, long Order)> queue = new();
    private readonly HashSet<(int From, int To)> cut = [];
    private readonly HashSet<(int From, int To, int Die)> railsCut = [];
    private readonly List<int> stopped = [];
    private readonly Dictionary<int, List<Effect.Persist>> stalled = [];
    private readonly Dictionary<int, List<Input>> frozen = [];

    // Another process of the same boot draws other numbers.
    private readonly List<int> starts = [];
    private readonly int dies;
    private long order;

    public MiniCluster(int nodes, int control = 3, int dies = 2, ProtocolOptions? options = null)
    {
        Options = options ?? new ProtocolOptions();
        Topology = Map(nodes, control, dies);
        this.dies = dies;
        for (var node = 0; node < nodes; node++)
        {
            Add(Topology);
        }
    }

    public ProtocolOptions Options { get; }

    /// <summary>The map of the first start.</summary>
    public Topology Topology { get; }

    /// <summary>The file that each node is started with.</summary>
    public List<Topology> Files { get; } = [];

    public Instant Now { get; private set; } = new(1_000_000_000_000);

    public List<NodeMachine> Machines { get; } = [];

    public List<MiniDisk> Disks { get; } = [];

    public List<int> Boot { get; } = [];

    /// <summary>Everything that was asked for, by node.</summary>
    public List<(Instant At, int Node, Effect Effect)> Effects { get; } = [];

    public IEnumerable<int> Running => Enumerable.Range(0, Machines.Count).Except(stopped);

    public int Master => Running.Single(node => Status(node).IsReady);

    public NodeStatus Status(int node) => Machines[node].Status(Now);

    public IEnumerable<T> Of<T>(int? node = null)
        where T : Effect =>
        Effects.Where(seen => node is null || seen.Node == node).Select(seen => seen.Effect).OfType<T>();

    /// <summary>One more machine, with an empty disk, started with this file.</summary>
    public int Add(Topology file)
    {
        var node = Machines.Count;
        Boot.Add(1);
        Disks.Add(new MiniDisk(new DiskId((UInt128)(1000 + node))));
        Machines.Add(null!);
        Files.Add(file);
        starts.Add(0);
        Start(node);
        return node;
    }

    public void Start(int node)
    {
        stopped.Remove(node);
        Machines[node] = new NodeMachine(
            new NodeIdentity(
                new NodeId(node),
                LifeOf(node),
                (ulong)((node * 977) + Boot[node] + (starts[node]++ * 101))
            ),
            Files[node],
            Options,
            Disks[node].State,
            Now
        );
        foreach (var peer in Running.Where(peer => peer != node && Machines[peer] is not null).ToArray())
        {
            for (var die = 0; die < dies; die++)
            {
                Give(node, new Input.LinkOpened(LinkTo(peer, die)));
                Give(peer, new Input.LinkOpened(LinkTo(node, die)));
            }
        }
    }

    public Life LifeOf(int node) => new(new BootId((UInt128)((node * 100) + Boot[node])), Boot[node]);

    /// <summary>As SIGKILL of the process on a live machine: peers' connections break.</summary>
    public void Stop(int node, LinkLoss loss = LinkLoss.Unreachable)
    {
        stopped.Add(node);
        stalled.Remove(node);
        frozen.Remove(node);
        foreach (var peer in Running.ToArray())
        {
            for (var die = 0; die < dies; die++)
            {
                Give(peer, new Input.LinkClosed(LinkTo(node, die), loss));
            }
        }
    }

    /// <summary>As SIGSTOP: what comes waits.</summary>
    public void Freeze(int node) => frozen.TryAdd(node, []);

    /// <summary>As SIGCONT.</summary>
    public void Thaw(int node)
    {
        frozen.Remove(node, out var waiting);
        foreach (var input in waiting ?? [])
        {
            Give(node, input);
        }
    }

    public void Cut(int one, int other)
    {
        cut.Add((one, other));
        cut.Add((other, one));
    }

    /// <summary>One way only: the other still arrives.</summary>
    public void CutOneWay(int from, int to) => cut.Add((from, to));

    /// <summary>One rail, both ways.</summary>
    public void CutRail(int one, int other, int die)
    {
        railsCut.Add((one, other, die));
        railsCut.Add((other, one, die));
    }

    public void Heal()
    {
        cut.Clear();
        railsCut.Clear();
    }

    /// <summary>More delay of a message, so that others overtake it.</summary>
    public Func<Message, TimeSpan> MoreDelay { get; set; } = static _ => TimeSpan.Zero;

    /// <summary>More delay of everything that one node sends to another.</summary>
    public Dictionary<(int From, int To), TimeSpan> Distance { get; } = [];

    /// <summary>What a node sends to itself takes longer, as where its queue is long.</summary>
    public TimeSpan SelfDelay { get; set; }

    /// <summary>Frames say when they were handed to the wire.</summary>
    public bool SaysWhenSent { get; set; }

    /// <summary>What arrives of a node's message, instead of what it sent.</summary>
    public Func<int, Message, Message> Rewrite { get; set; } = static (_, message) => message;

    /// <summary>The disk takes no writes for now.</summary>
    public void Stall(int node) => stalled.TryAdd(node, []);

    public void Unstall(int node)
    {
        stalled.Remove(node, out var waiting);
        foreach (var persist in waiting ?? [])
        {
            Persist(node, persist);
        }
    }

    /// <summary>Another, empty disk for a stopped node.</summary>
    public void Wipe(int node) => Disks[node] = new MiniDisk(new DiskId((UInt128)(2000 + (100 * Boot[node]) + node)));

    public void Give(int node, Input input) => queue.Enqueue((node, input), ((Now + Delay).Nanoseconds, order++));

    public Report Panic(int victim, int witness, ulong msgid = 7, long windowMs = 35_000, int? tag = null)
    {
        var words = new Words(
            ReportId.ForDevice(
                new NodeId(witness),
                LifeOf(witness).Boot,
                EventKind.Panic,
                msgid,
                (ulong)Now.Nanoseconds
            ),
            NodeOf(victim, dies).Dies[0].Eid,
            null,
            null,
            default,
            tag ?? LifeOf(victim).Tag,
            Waiter.StockRemote,
            windowMs,
            null
        );
        return new Report(words, Now, Now + TimeSpan.FromMilliseconds(windowMs));
    }

    public bool RunUntil(Func<bool> reached, double seconds = 10)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Now < end)
        {
            if (reached())
            {
                return true;
            }

            RunOne(end);
        }

        return reached();
    }

    public void Run(double seconds) => RunUntil(() => false, seconds);

    private void RunOne(Instant end)
    {
        var wake = Running
            .Except(frozen.Keys)
            .Select(node => (Node: node, At: Machines[node].NextWake))
            .DefaultIfEmpty((Node: -1, At: Instant.Never))
            .MinBy(next => next.At);
        if (queue.TryPeek(out var first, out var when) && when.At <= Math.Min(wake.At.Nanoseconds, end.Nanoseconds))
        {
            queue.Dequeue();
            Now = Instant.Max(Now, new Instant(when.At));
            if (frozen.TryGetValue(first.Node, out var waiting))
            {
                waiting.Add(first.Input);
            }
            else if (!stopped.Contains(first.Node))
            {
                Step(first.Node, first.Input);
            }
        }
        else if (wake.At <= end)
        {
            Now = Instant.Max(Now, wake.At);
            Step(wake.Node, new Input.Woke());
        }
        else
        {
            Now = end;
        }
    }

    private void Step(int node, Input input)
    {
        var effects = new List<Effect>();
        Machines[node].Step(Now, input, effects);
        (Machines[node].NextWake > Now).ShouldBeTrue("a machine asked to be woken in the past");
        foreach (var effect in effects)
        {
            Effects.Add((Now, node, effect));
            switch (effect)
            {
                case Effect.Send send
                    when !cut.Contains((node, send.Link.Peer.Value))
                        && !railsCut.Contains((node, send.Link.Peer.Value, send.Link.Die.Value)):
                    var back = new LinkId(new NodeId(node), send.Link.Die, send.Link.Transport);
                    var at =
                        Now
                        + Delay
                        + MoreDelay(send.Frame.Message)
                        + Distance.GetValueOrDefault((node, send.Link.Peer.Value));
                    at += send.Link.Peer.Value == node ? SelfDelay : TimeSpan.Zero;
                    queue.Enqueue(
                        (send.Link.Peer.Value, new Input.Arrived(back, OnTheWire(node, send.Frame))),
                        (at.Nanoseconds, order++)
                    );
                    break;
                case Effect.Persist persist when stalled.TryGetValue(node, out var waiting):
                    waiting.Add(persist);
                    break;
                case Effect.Persist persist:
                    Persist(node, persist);
                    break;
                case Effect.Committed committed:
                    Disks[node].CommitIndex = committed.CommitIndex;
                    break;
                case Effect.MapTaken taken:
                    // Whoever is there is connected to at once, as on the first start.
                    foreach (var link in taken.Links.Where(link => Running.Contains(link.Peer.Value)))
                    {
                        Give(node, new Input.LinkOpened(link));
                    }

                    break;
                case Effect.Release release:
                    Give(node, new Input.Released(release.Report, ReleaseOutcome.Acked));
                    break;
                default:
                    break;
            }
        }
    }

    private Frame OnTheWire(int from, Frame frame) =>
        frame with
        {
            Message = Rewrite(from, frame.Message),
            SentAt = SaysWhenSent ? Now : null,
        };

    private void Persist(int node, Effect.Persist persist)
    {
        Disks[node].Write(persist.Write);
        Give(node, new Input.Persisted(persist.Ticket));
    }

    /// <summary>A map of some of the machines, with some of them as first voters.</summary>
    public Topology MapOf(IEnumerable<int> nodes, IEnumerable<int>? control = null, int? moved = null) =>
        Topology.Create(
            "mini",
            [.. nodes.Select(node => NodeOf(node, dies, node == moved ? 7500 : 7400))],
            control?.Select(node => new NodeId(node)).ToArray()
        );

    private static Topology Map(int nodes, int control, int dies) =>
        Topology.Create(
            "mini",
            [.. Enumerable.Range(0, nodes).Select(node => NodeOf(node, dies))],
            [.. Enumerable.Range(0, control).Select(node => new NodeId(node))]
        );

    private static TopologyNode NodeOf(int node, int dies, int port = 7400) =>
        new(
            new NodeId(node),
            $"n{node:00}",
            new Cna((uint)(100 + node)),
            [
                .. Enumerable
                    .Range(0, dies)
                    .Select(die => new TopologyDie(
                        new Die(die),
                        new Eid(0xfd00_0000_0000_0000 + (ulong)die, (ulong)(node + 1)),
                        Address(die, node, port)
                    )),
            ]
        );

    private static LinkId LinkTo(int node, int die) => new(new NodeId(node), new Die(die), TransportKind.Grpc);

    private static HostPort Address(int die, int node, int port)
    {
        HostPort.TryParse($"10.0.{die}.{node + 1}:{port}", out var address).ShouldBeTrue();
        return address;
    }
}

/// <summary>A disk that keeps what it is told, at once.</summary>
internal sealed class MiniDisk(DiskId id)
{
    private ImmutableList<Entry> entries = [];
    private ImmutableList<StoredReport> outbox = [];
    private HardState hardState = new(default, default, null);
    private Snapshot? snapshot;

    public StoredState State => new(id, hardState, snapshot, new([.. entries]), new([.. outbox]), CommitIndex);

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>What the ledger's tables show, written on the way.</summary>
    public LogIndex CommitIndex { get; set; }

    /// <summary>Loses its newest entries, as a disk that had only promised to write them.</summary>
    public void Forget(int count) => entries = entries.RemoveRange(entries.Count - count, count);

    public void Write(DiskWrite write)
    {
        hardState = write.HardState ?? hardState;
        if (write.TruncateFrom is { } from)
        {
            entries = entries.RemoveAll(entry => entry.Index.CompareTo(from) >= 0);
        }

        if (write.Snapshot is { } whole)
        {
            snapshot = whole;
            entries = entries.RemoveAll(entry => entry.Index.CompareTo(whole.LastIndex) <= 0);
        }

        entries = entries.AddRange(write.Append);
        outbox = outbox.AddRange(write.OutboxPut).RemoveAll(kept => write.OutboxDrop.Contains(kept.Report.Id));
    }
}
