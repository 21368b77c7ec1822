using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S7: an answer that comes while its waiter still waits lets it go at once; none is held back that could leave.</summary>
/// <remarks>To the very end of the window: together with <see cref="AckInTime"/> it says where exactly that is.</remarks>
internal sealed class HeldBack : IOracle
{
    private readonly Dictionary<NodeId, (ReportId Report, TimeSpan Left)> due = [];
    private readonly HashSet<(NodeId Node, int Run, ReportId Report)> answered = [];
    private readonly Dictionary<NodeId, Instant> startedAt = [];
    private readonly Dictionary<NodeId, int> openings = [];
    private readonly Dictionary<(NodeId Node, ulong Msgid), (ulong StartNs, EventKind Kind)> lastShown = [];

    public string Name => "S7";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started:
                startedAt.Remove(sighting.Node);
                openings.Remove(sighting.Node);
                break;
            case Sighting.Stopped:
                due.Remove(sighting.Node);
                break;
            case Sighting.Shown shown:
                lastShown[(shown.Node, shown.Record.Msgid)] = (shown.Record.StartNs, shown.Record.Kind);
                break;
            case Sighting.Took took:
                return Took(took, chronicle);
            case Sighting.Decided { Effect: Effect.Release release }:
                answered.Add((sighting.Node, chronicle.Run(sighting.Node), release.Report));
                if (due.TryGetValue(sighting.Node, out var expected) && expected.Report == release.Report)
                {
                    due.Remove(sighting.Node);
                }

                break;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.FrameDropped } }
                when due.Remove(sighting.Node, out var dropped):
                // Its hello was lost on this road, so nothing that comes on it counts yet.
                answered.Remove((sighting.Node, chronicle.Run(sighting.Node), dropped.Report));
                break;
            default:
                break;
        }

        return null;
    }

    private string? Took(Sighting.Took took, Chronicle chronicle)
    {
        startedAt.TryAdd(took.Node, took.Now);
        if (due.Remove(took.Node, out var expected))
        {
            return $"{took.Node} has the answer to {expected.Report} {expected.Left.TotalMilliseconds} ms before its window ends, and does not let go";
        }

        if (took.Input is Input.DeviceReopened reopened)
        {
            openings[took.Node] = reopened.Device.Epoch;
        }

        var message = (took.Input as Input.Arrived)?.Frame.Message;
        message = message is Message.Relayed relayed && relayed.Destination == took.Node ? relayed.Inner : message;
        if (
            message is Message.Answering { Report: { Kind: not EventKind.OutOfMemory } id } answer
            && chronicle.Words.TryGetValue(id, out var word)
            && !IsByAnotherMap(took.Node, answer, word, chronicle)
            && word.Report.WindowEnds is { } ends
            && took.Now <= ends
            && word.Node == took.Node
            && IsWaitedForHere(took.Node, word, chronicle)
            && answered.Add((took.Node, chronicle.Run(took.Node), id))
        )
        {
            due[took.Node] = (id, ends - took.Now);
        }

        return null;
    }

    // The node knows the victim, and so does not believe that it is nobody's (M5).
    private static bool IsByAnotherMap(NodeId node, Message.Answering answer, CaughtWord word, Chronicle chronicle) =>
        answer.Verdict == Verdict.UnknownVictim
        && MapHistory.VictimOf(word.Report.Words, chronicle.Shape.Topology) is { } victim
        && chronicle.Maps.Knows(node, victim);

    // By this process, for a record that its kernel still stands by, whose first copy it took itself (D1, D2).
    private bool IsWaitedForHere(NodeId node, CaughtWord word, Chronicle chronicle) =>
        word.Run == chronicle.Run(node)
        && word.Report.Words.Waiter != Waiter.Nobody
        && word.Report.RaisedAt >= startedAt[node]
        && (
            word.Device is not { } device
            || (
                device.Epoch == openings.GetValueOrDefault(node, 1)
                && lastShown.GetValueOrDefault((node, word.Report.Id.High)) == (word.Report.Id.Low, word.Report.Id.Kind)
            )
        );
}
