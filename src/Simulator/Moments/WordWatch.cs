using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Moments;

/// <summary>How far each open word has come: on its way, with the master, committed.</summary>
internal sealed class WordWatch(Chronicle chronicle)
{
    private readonly Dictionary<ReportId, Course> open = [];

    /// <summary>Windows of open words.</summary>
    public IEnumerable<(ReportId Word, TimeSpan Ends)> Windows =>
        open.Where(pair => pair.Value.WindowEnds is not null)
            .Select(pair => (pair.Key, pair.Value.WindowEnds ?? default));

    /// <summary>The end of an open word's window; null: none.</summary>
    public TimeSpan? WindowOf(ReportId word) => open.GetValueOrDefault(word)?.WindowEnds;

    public Phase At(TimeSpan now)
    {
        var phase = Phase.None;
        foreach (var course in open.Values)
        {
            phase |= PhaseOf(course, now);
        }

        return phase;
    }

    /// <summary>True: some word has gone further.</summary>
    public bool See(Sighting sighting)
    {
        switch (sighting)
        {
            case Sighting.Took { Input: Input.Raised raised } took:
                return Raise(took, raised.Report);
            case Sighting.Took { Input: Input.Arrived { Frame.Message: Message.Reporting reporting } }:
                return Receive(sighting.Node, reporting.Report.Id);
            case Sighting.Took
            {
                Input: Input.Arrived { Frame.Message: Message.Relayed { Inner: Message.Reporting reporting } relayed }
            } when relayed.Destination == sighting.Node:
                return Receive(sighting.Node, reporting.Report.Id);
            case Sighting.Decided { Effect: Effect.Committed }:
                return Commit();
            case Sighting.Done { Effect: Effect.Release release }:
                return open.Remove(release.Report);
            case Sighting.Done { Effect: Effect.Delivered delivered }:
                return open.Remove(delivered.Report);
            case Sighting.Done { Effect: Effect.WindowOver over }:
                open.GetValueOrDefault(over.Report)?.WindowEnds = null;
                return false;
            case Sighting.Stopped:
                Forget(sighting.Node);
                return false;
            default:
                return false;
        }
    }

    private Phase PhaseOf(Course course, TimeSpan now)
    {
        var isEnding = course.WindowEnds is { } ends && ends >= now && ends - now <= PhaseWatch.WindowEndingIn;
        return (isEnding ? Phase.WindowEnding : Phase.None)
            | (
                course.IsCommitted ? Phase.CommittedNotAcked
                : IsWithMaster(course) ? Phase.ReceivedNotCommitted
                : Phase.WordOnItsWay
            );
    }

    private bool IsWithMaster(Course course) =>
        course.Receiver is { } receiver
        && receiver == chronicle.Master
        && course.ReceiverRun == chronicle.Run(receiver);

    private bool Raise(Sighting.Took took, Report report)
    {
        if (!open.TryGetValue(report.Id, out var course))
        {
            open.Add(report.Id, course = new Course());
        }

        course.WindowEnds = report.WindowEnds is { } ends && ends > took.Now ? took.At + (ends - took.Now) : null;
        course.IsCommitted = chronicle.Log.Find(report.Id) is not null;
        Receive(took.Node, report.Id);
        return true;
    }

    private bool Receive(NodeId node, ReportId word)
    {
        if (node != chronicle.Master || !open.TryGetValue(word, out var course))
        {
            return false;
        }

        (course.Receiver, course.ReceiverRun) = (node, chronicle.Run(node));
        return true;
    }

    private bool Commit()
    {
        var any = false;
        foreach (var entry in chronicle.Log.Fresh)
        {
            var word = (entry.Payload as EntryPayload.Opened)?.Words ?? (entry.Payload as EntryPayload.Reported)?.Words;
            if (word is not null && open.TryGetValue(word.Id, out var course))
            {
                course.IsCommitted = any = true;
            }
        }

        return any;
    }

    // Nobody can let go its waiters now.
    private void Forget(NodeId witness)
    {
        foreach (var word in open.Keys.Where(word => word.Witness == witness).ToArray())
        {
            open.Remove(word);
        }
    }

    private sealed class Course
    {
        public TimeSpan? WindowEnds { get; set; }

        public NodeId? Receiver { get; set; }

        public int ReceiverRun { get; set; }

        public bool IsCommitted { get; set; }
    }
}
