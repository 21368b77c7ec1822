using ClusterRas.Fabric;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.World;

/// <summary>What the network does to frames now, per directed road, as the active faults say.</summary>
internal sealed class Weather(Shape shape)
{
    private readonly List<Fault.Cut> cuts = [];
    private readonly List<Fault.Noise> noises = [];
    private readonly Road[] roads = NewRoads(shape);

    public int RoadCount => roads.Length;

    public int PlaceOf(NodeId from, NodeId to, Die die) =>
        (((from.Value * shape.NodeCount) + to.Value) * shape.DieCount) + die.Value;

    public ref readonly Road On(int place) => ref roads[place];

    public bool IsCut(NodeId from, NodeId to, Die die) => roads[PlaceOf(from, to, die)].IsCut;

    public void Begin(Fault.Cut cut)
    {
        cuts.Add(cut);
        Refresh();
    }

    public void Begin(Fault.Noise noise)
    {
        noises.Add(noise);
        Refresh();
    }

    /// <summary>This fault is over.</summary>
    public void End(Fault fault)
    {
        if (cuts.RemoveAll(c => ReferenceEquals(c, fault)) + noises.RemoveAll(n => ReferenceEquals(n, fault)) > 0)
        {
            Refresh();
        }
    }

    private static Road[] NewRoads(Shape shape) => new Road[shape.NodeCount * shape.NodeCount * shape.DieCount];

    private void Refresh()
    {
        foreach (var from in NodeSet.All(shape.NodeCount).Nodes())
        {
            foreach (var to in NodeSet.All(shape.NodeCount).Nodes())
            {
                for (var die = 0; die < shape.DieCount; die++)
                {
                    roads[PlaceOf(from, to, new Die(die))] = RoadBetween(from, to, new Die(die));
                }
            }
        }
    }

    private Road RoadBetween(NodeId from, NodeId to, Die die)
    {
        var road = default(Road);
        foreach (var cut in cuts.Where(cut => cut.Covers(from, to, die)))
        {
            road = road with { IsCut = true, Holds = cut.Holds };
        }

        foreach (var noise in noises.Where(noise => noise.Covers(from, to)))
        {
            road = road with
            {
                LossPermille = Math.Max(road.LossPermille, noise.LossPermille),
                DoublePermille = Math.Max(road.DoublePermille, noise.DoublePermille),
                OvertakePermille = Math.Max(road.OvertakePermille, noise.OvertakePermille),
                DelayMore = noise.DelayMax > road.DelayMore ? noise.DelayMax : road.DelayMore,
                CorruptPermille = Math.Max(road.CorruptPermille, noise.CorruptPermille),
                TruncatePermille = Math.Max(road.TruncatePermille, noise.TruncatePermille),
                Copies = Math.Max(road.Copies, noise.Copies),
            };
        }

        return road;
    }

    /// <summary>The state of one directed road.</summary>
    internal readonly record struct Road(
        bool IsCut,
        bool Holds,
        int LossPermille,
        int DoublePermille,
        int OvertakePermille,
        TimeSpan DelayMore,
        int CorruptPermille,
        int TruncatePermille,
        int Copies
    );
}
