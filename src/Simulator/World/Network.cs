using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.World;

/// <summary>The wires: frames take their time, or vanish. Who has a connection is <see cref="Connections"/>.</summary>
internal sealed class Network
{
    private static readonly TimeSpan SelfTakes = TimeSpan.FromMicroseconds(50);

    private readonly Cluster cluster;
    private readonly Prng chance;
    private readonly Weather weather;
    private readonly Connections connections;
    private readonly TimeSpan[] lastArrival;
    private readonly List<(int Place, FrameArrives Frame)> heldBack = [];

    public Network(Cluster cluster, Prng chance)
    {
        (this.cluster, this.chance) = (cluster, chance);
        weather = new Weather(cluster.Plan.Shape);
        connections = new Connections(cluster, this, chance.Fork());
        lastArrival = new TimeSpan[weather.RoadCount];
    }

    public int RoadCount => weather.RoadCount;

    public int PlaceOf(NodeId from, NodeId to, Die die) => weather.PlaceOf(from, to, die);

    public bool IsCut(NodeId from, NodeId to, Die die) => weather.IsCut(from, to, die);

    public void Begin(Fault.Cut cut)
    {
        weather.Begin(cut);
        cluster.Agenda.At(cluster.EndOf(cut.At + cut.For), () => End(cut));
    }

    public void Begin(Fault.Noise noise)
    {
        weather.Begin(noise);
        cluster.Agenda.At(cluster.EndOf(noise.At + noise.For), () => End(noise));
    }

    /// <summary>An agent is there and dials its peers.</summary>
    public void Attach(NodeId node) => connections.Attach(node);

    /// <summary>This end believes that it has a connection.</summary>
    public bool IsConnected(NodeId at, NodeId peer, Die die) => connections.Newest(at, peer, die) != 0;

    /// <summary>An agent is gone, with its connections.</summary>
    public void Forget(NodeId node, bool closes) => connections.Forget(node, closes);

    public void Relink(NodeId from, LinkId link) => connections.Relink(from, link);

    public void Close(NodeId from, LinkId link) => connections.Close(from, link);

    /// <summary>A core has links that it did not have: those that are connected are open for it.</summary>
    public void Follow(NodeId at, EquatableArray<LinkId> links) => connections.Follow(at, links);

    /// <summary>Puts a frame on the wire, if there is a connection.</summary>
    public void Send(NodeId from, LinkId link, Frame frame)
    {
        if (link.Peer == from)
        {
            // Within one machine nothing is lost; it waits for its turn only.
            var process = cluster.Host(from).Process;
            var own = new PackedFrame(frame, cluster.Host(from).Clock);
            cluster.Agenda.After(SelfTakes, () => process?.Give(link, own));
            return;
        }

        var connection = connections.Newest(from, link.Peer, link.Die);
        if (connection == 0)
        {
            return;
        }

        var place = weather.PlaceOf(from, link.Peer, link.Die);
        ref readonly var road = ref weather.On(place);
        if (road.IsCut ? !road.Holds : road.LossPermille > 0 && chance.Chance(road.LossPermille, 1000))
        {
            return;
        }

        var packed = Damage(in road, new PackedFrame(frame, cluster.Host(from).Clock));
        var arrives = new FrameArrives(this, from, link, connection, packed);
        if (road.IsCut)
        {
            heldBack.Add((place, arrives));
            return;
        }

        Deliver(place, in road, arrives);
        if (road.DoublePermille > 0 && chance.Chance(road.DoublePermille, 1000))
        {
            Deliver(place, in road, arrives);
        }

        for (var copy = 0; copy < road.Copies; copy++)
        {
            Deliver(place, in road, arrives);
        }
    }

    /// <summary>A message between kernels: no connection, no order, and it is lost where frames are.</summary>
    public void SendBetweenKernels(NodeId from, NodeId to, Die die, Action arrive)
    {
        ref readonly var road = ref weather.On(weather.PlaceOf(from, to, die));
        if (!road.IsCut && !chance.Chance(road.LossPermille, 1000))
        {
            cluster.Agenda.After(DrawDelay(in road), arrive);
        }
    }

    /// <summary>One way, now.</summary>
    public TimeSpan DrawDelay(NodeId from, NodeId to, Die die) =>
        DrawDelay(in weather.On(weather.PlaceOf(from, to, die)));

    /// <summary>When something sent now arrives, in order with the frames on this road.</summary>
    public TimeSpan ReserveArrival(NodeId from, NodeId to, Die die)
    {
        var place = weather.PlaceOf(from, to, die);
        var at = cluster.Now + DrawDelay(in weather.On(place));
        at = at > lastArrival[place] ? at : lastArrival[place] + TimeSpan.FromTicks(1);
        lastArrival[place] = at;
        return at;
    }

    private PackedFrame Damage(in Weather.Road road, PackedFrame packed)
    {
        if (road.CorruptPermille > 0 && chance.Chance(road.CorruptPermille, 1000))
        {
            return packed.Corrupted(chance);
        }

        return road.TruncatePermille > 0 && chance.Chance(road.TruncatePermille, 1000)
            ? packed.Truncated(chance)
            : packed;
    }

    private void Deliver(int place, in Weather.Road road, FrameArrives arrives)
    {
        var at = cluster.Now + DrawDelay(in road);
        if (road.OvertakePermille == 0 || !chance.Chance(road.OvertakePermille, 1000))
        {
            at = at > lastArrival[place] ? at : lastArrival[place] + TimeSpan.FromTicks(1);
            lastArrival[place] = at;
        }

        cluster.Agenda.At(at, arrives);
    }

    private TimeSpan DrawDelay(in Weather.Road road) =>
        cluster.Plan.DelayMin
        + chance.Below(cluster.Plan.DelayMax - cluster.Plan.DelayMin)
        + (road.DelayMore > TimeSpan.Zero ? chance.Below(road.DelayMore) : TimeSpan.Zero);

    private void End(Fault fault)
    {
        weather.End(fault);
        foreach (var (place, frame) in heldBack.ToArray())
        {
            ref readonly var road = ref weather.On(place);
            if (!road.IsCut)
            {
                Deliver(place, in road, frame);
            }
        }

        heldBack.RemoveAll(held => !weather.On(held.Place).IsCut);
    }

    private void Arrive(FrameArrives frame)
    {
        var to = cluster.Host(frame.Link.Peer);
        if (to.Kernel is null)
        {
            return;
        }

        if (to.Process is { } process && connections.Knows(to.Node, frame.From, frame.Link.Die, frame.Connection))
        {
            process.Give(new LinkId(frame.From, frame.Link.Die, frame.Link.Transport), frame.Packed);
        }
        else if (
            to.Kernel is { Runs: true }
            && !connections.Expects(to.Node, frame.From, frame.Link.Die, frame.Connection)
        )
        {
            connections.Reset(frame.From, to.Node, frame.Link.Die, frame.Connection);
        }
    }

    private sealed class FrameArrives(Network network, NodeId from, LinkId link, int connection, PackedFrame packed)
        : Occurrence
    {
        public NodeId From => from;

        public LinkId Link => link;

        public int Connection => connection;

        public PackedFrame Packed => packed;

        public override void Happen() => network.Arrive(this);
    }
}
