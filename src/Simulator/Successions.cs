using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>A master's process is gone, and another one is awaited.</summary>
/// <param name="lastBeat">When it last beat.</param>
internal sealed class Succession(NodeId master, Term term, TimeSpan lastBeat)
{
    public NodeId Master => master;

    public Term Term => term;

    /// <summary>When it last beat.</summary>
    public TimeSpan LastBeat => lastBeat;

    /// <summary>When a later term committed first; null: not yet.</summary>
    public TimeSpan? CommittedAt { get; set; }

    /// <summary>Somebody had caught a word about it by then.</summary>
    public bool IsTold { get; set; }
}

/// <summary>Deaths of masters, and what came after.</summary>
internal sealed class Successions
{
    private readonly List<Succession> open = [];
    private readonly List<Succession> ended = [];
    private TimeSpan lastBeat;
    private (NodeId Node, Term Term)? beats;

    /// <summary>Those that nobody has followed yet, oldest first.</summary>
    public IReadOnlyList<Succession> Open => open;

    public IReadOnlyList<Succession> Ended => ended;

    /// <summary>Takes one sighting, which the chronicle has already taken.</summary>
    public void Take(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Done { Effect: Effect.Send { Frame.Message: Message.AppendEntries beat } }
                when chronicle.Master == sighting.Node && beat.Term == chronicle.MasterTerm:
                (beats, lastBeat) = ((sighting.Node, beat.Term), sighting.At);
                break;
            case Sighting.Stopped when beats is { } master && master.Node == sighting.Node:
                beats = null;
                open.Add(new Succession(master.Node, master.Term, lastBeat));
                break;
            case Sighting.Decided { Effect: Effect.Committed } when open.Count > 0:
                foreach (var entry in chronicle.Log.Fresh)
                {
                    End(entry.Term, sighting.At, chronicle);
                }

                break;
            default:
                break;
        }
    }

    private void End(Term term, TimeSpan at, Chronicle chronicle)
    {
        foreach (var succession in open.Where(one => term.CompareTo(one.Term) > 0).ToArray())
        {
            succession.CommittedAt = at;
            succession.IsTold = chronicle.Words.Values.Any(word => IsAbout(word, succession, chronicle));
            open.Remove(succession);
            ended.Add(succession);
        }
    }

    private static bool IsAbout(CaughtWord word, Succession succession, Chronicle chronicle) =>
        word.At >= succession.LastBeat
        && word.Report.Words.Kind.IsFatal()
        && (
            word.Report.Words.VictimNode == succession.Master
            || (
                word.Report.Words.VictimEid is { } eid
                && chronicle.Shape.Topology.FindDie(eid)?.Node.Id == succession.Master
            )
        );
}
