using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.StepBench;

/// <summary>Machines of one cluster in one thread, over a network of 0.2 ms and disks of 1 ms; nothing ever fails.</summary>
internal sealed class Ensemble
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(0.2);
    private static readonly TimeSpan Fsync = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<(int Node, Input? Input), (long At, long Order)> agenda = new();
    private readonly NodeMachine[] machines;
    private readonly long[] wakes;
    private readonly List<Effect> effects = [];
    private readonly Action<NodeMachine, Instant, Input, List<Effect>> step;
    private long order;

    /// <param name="step">Steps a machine; the effects are carried out afterwards.</param>
    public Ensemble(int nodes, int dies, Action<NodeMachine, Instant, Input, List<Effect>> step)
    {
        this.step = step;
        var topology = Map(nodes, dies);
        machines =
        [
            .. topology.Nodes.Select(node => new NodeMachine(
                new NodeIdentity(
                    node.Id,
                    new Life(new BootId((UInt128)(node.Id.Value + 1)), 1),
                    (ulong)node.Id.Value + 1
                ),
                topology,
                new ProtocolOptions(),
                StoredState.Empty(new DiskId((UInt128)(1000 + node.Id.Value))),
                Now
            )),
        ];
        wakes = new long[nodes];
        foreach (var node in topology.Nodes)
        {
            foreach (var peer in topology.Nodes.Where(peer => peer.Id != node.Id))
            {
                for (var die = 0; die < dies; die++)
                {
                    Plan(
                        node.Id.Value,
                        new Input.LinkOpened(new LinkId(peer.Id, new Die(die), TransportKind.Grpc)),
                        TimeSpan.Zero
                    );
                }
            }
        }
    }

    public Instant Now { get; private set; } = new(1_000_000_000_000);

    public NodeMachine this[int node] => machines[node];

    public int Count => machines.Length;

    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (agenda.TryPeek(out var next, out var place) && place.At <= end.Nanoseconds)
        {
            agenda.Dequeue();
            Now = new Instant(place.At);
            Take(next.Node, next.Input);
        }

        Now = end;
    }

    public void Give(int node, Input input) => Plan(node, input, TimeSpan.Zero);

    private void Take(int node, Input? input)
    {
        var machine = machines[node];
        if (input is null && machine.NextWake > Now)
        {
            return;
        }

        effects.Clear();
        step(machine, Now, input ?? new Input.Woke(), effects);
        foreach (var effect in effects)
        {
            CarryOut(node, effect);
        }

        if (machine.NextWake != Instant.Never && machine.NextWake.Nanoseconds != wakes[node])
        {
            wakes[node] = machine.NextWake.Nanoseconds;
            agenda.Enqueue((node, null), (wakes[node], order++));
        }
    }

    private void CarryOut(int node, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                var back = new LinkId(new NodeId(node), send.Link.Die, send.Link.Transport);
                Plan(send.Link.Peer.Value, new Input.Arrived(back, send.Frame with { SentAt = Now }), Delay);
                break;
            case Effect.Persist persist:
                Plan(node, new Input.Persisted(persist.Ticket), Fsync);
                break;
            case Effect.Release release:
                Plan(node, new Input.Released(release.Report, ReleaseOutcome.Acked), Delay);
                break;
            default:
                break;
        }
    }

    private void Plan(int node, Input input, TimeSpan after) =>
        agenda.Enqueue((node, input), ((Now + after).Nanoseconds, order++));

    private static Topology Map(int nodes, int dies) =>
        Topology.Create(
            "bench",
            [
                .. Enumerable
                    .Range(0, nodes)
                    .Select(node => new TopologyNode(
                        new NodeId(node),
                        $"n{node:00}",
                        new Cna((uint)(100 + node)),
                        [.. Enumerable.Range(0, dies).Select(die => DieOf(node, die))]
                    )),
            ],
            [.. Enumerable.Range(0, Math.Min(5, nodes)).Select(node => new NodeId(node))]
        );

    private static TopologyDie DieOf(int node, int die)
    {
        var eid = new Eid(0xfd00_0000_0000_0000 | (uint)die, (ulong)node + 1);
        return TopologyDie.TryGetGrpcDefault(eid, out var grpc)
            ? new TopologyDie(new Die(die), eid, grpc)
            : throw new System.Diagnostics.UnreachableException();
    }
}
