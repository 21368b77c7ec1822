using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator;

/// <summary>A word that a source caught at a node.</summary>
/// <param name="At">When it was caught first.</param>
/// <param name="SaidAt">When it was said, which is long before that at a node that stood still.</param>
/// <param name="Run">Number of the agent's run at this node that caught it last.</param>
internal sealed record CaughtWord(TimeSpan At, TimeSpan SaidAt, NodeId Node, int Run, Report Report, DeviceRef? Device);

/// <summary>What is known of all nodes together, gathered from the sightings so far. Judges nothing.</summary>
internal sealed class Chronicle
{
    private readonly int[] runs;
    private readonly DiskImage?[] disks;
    private readonly Dictionary<Voter, DiskImage> lostDisks = [];
    private readonly NodeIdentity?[] running;
    private readonly List<Fault> faults = [];
    private readonly Dictionary<ReportId, CaughtWord> words = [];

    public Chronicle(Shape shape)
    {
        Shape = shape;
        runs = new int[shape.NodeCount];
        disks = new DiskImage?[shape.NodeCount];
        running = new NodeIdentity?[shape.NodeCount];
        Groups = new GroupHistory(shape.NodeCount);
    }

    /// <summary>The control group as each log has it.</summary>
    public GroupHistory Groups { get; }

    public Shape Shape { get; }

    /// <summary>The maps that were applied.</summary>
    public MapHistory Maps { get; } = new();

    /// <summary>Who was awaited when a master had died, and for how long.</summary>
    public Successions Successions { get; } = new();

    /// <summary>What the cluster has committed, as the nodes say.</summary>
    public CommittedLog Log { get; } = new();

    /// <summary>Who last led in the highest term; null: nobody yet.</summary>
    public NodeId? Master { get; private set; }

    /// <summary>The highest term in which somebody led.</summary>
    public Term MasterTerm { get; private set; }

    public IReadOnlyList<Fault> Faults => faults;

    public IReadOnlyDictionary<ReportId, CaughtWord> Words => words;

    /// <summary>A committed entry that the last write took from a disk that had it; null: none.</summary>
    public Entry? Lost { get; private set; }

    /// <summary>The disk of a node; null: never started.</summary>
    public DiskImage? Disk(NodeId node) => disks[node.Value];

    /// <summary>The disk of a seat, as it is or as it was when it was lost; null: never seen.</summary>
    public DiskImage? Disk(Voter seat) =>
        Disk(seat.Node) is { } disk && disk.Disk == seat.Disk ? disk : lostDisks.GetValueOrDefault(seat);

    /// <summary>The agent that runs at a node; null: none.</summary>
    public NodeIdentity? Running(NodeId node) => running[node.Value];

    /// <summary>Number of the agent's present or last run at a node, from 1.</summary>
    public int Run(NodeId node) => runs[node.Value];

    /// <summary>The word is about a node that some committed map has not.</summary>
    public bool WasNobodys(ReportId id) =>
        words.TryGetValue(id, out var word)
        && MapHistory.VictimOf(word.Report.Words, Shape.Topology) is { } victim
        && Maps.WasOut(victim);

    public void Take(Sighting sighting)
    {
        Lost = null;
        Log.BeginSighting();
        Groups.BeginSighting();
        Maps.Take(sighting);
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.Committed committed }:
                Log.Take(sighting.At, committed.Entries);
                break;
            case Sighting.Decided { Effect: Effect.Persist persist }:
                Log.TakeAppended(persist.Write.Append);
                Groups.Take(sighting.At, sighting.Node, persist.Write);
                break;
            case Sighting.Done { Effect: Effect.Send { Frame.Message: Message.AppendEntries beat } }
                when beat.Term.CompareTo(MasterTerm) >= 0:
                (Master, MasterTerm) = (sighting.Node, beat.Term);
                break;
            case Sighting.Took { Input: Input.Raised raised } took:
                Take(took, raised);
                break;
            case Sighting.Stored stored:
                Take(stored);
                break;
            case Sighting.Started started:
                Take(started);
                break;
            case Sighting.Stopped:
                running[sighting.Node.Value] = null;
                break;
            case Sighting.FaultBegan began:
                faults.Add(began.Fault);
                break;
            default:
                break;
        }

        Successions.Take(sighting, this);
    }

    private void Take(Sighting.Took sighting, Input.Raised raised)
    {
        var first = words.GetValueOrDefault(raised.Report.Id);
        words[raised.Report.Id] = new CaughtWord(
            first?.At ?? sighting.At,
            first?.SaidAt ?? sighting.At - (sighting.Now - raised.Report.RaisedAt),
            sighting.Node,
            runs[sighting.Node.Value],
            raised.Report,
            raised.Device
        );
    }

    private void Take(Sighting.Started started)
    {
        var node = started.Node.Value;
        runs[node]++;
        running[node] = started.Identity;
        Groups.Start(started.Node, started.State);
        if (disks[node]?.Disk != started.State.Disk)
        {
            if (disks[node] is { } lost)
            {
                lostDisks[new Voter(started.Node, lost.Disk)] = lost;
            }

            disks[node] = DiskImage.From(started.State);
        }
    }

    private void Take(Sighting.Stored stored)
    {
        if (disks[stored.Node.Value] is not { } disk)
        {
            return;
        }

        var held = stored.Write.TruncateFrom is { } from ? Log.From(from).Where(disk.Holds).ToArray() : [];
        _ = disk.Apply(stored.Write);
        Lost = held.FirstOrDefault(entry => !disk.Holds(entry));
    }
}
