using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S4 and D1-D4: an answer lets go the waiter of its own word and nobody else, also at a kernel that cannot tell.</summary>
internal sealed class ExactRelease : IOracle
{
    private readonly Dictionary<NodeId, BootId> boots = [];
    private readonly Dictionary<NodeId, DeviceRef> reopened = [];
    private readonly Dictionary<(NodeId Node, int Source, ulong Msgid), ReportId> taken = [];
    private readonly HashSet<(NodeId Node, EventKind Kind)> ackedHere = [];
    private readonly Dictionary<(NodeId Node, EventKind Kind, ulong Msgid, ulong StartNs), Trail> trails = [];

    // The copy is the resend that was under way when the ack came; a little less than the reporter grants it.
    private static readonly TimeSpan TrailsFor = TimeSpan.FromMilliseconds(1_100);

    public string Name => "S4";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Booted booted:
                boots[booted.Node] = booted.Life.Boot;
                ackedHere.RemoveWhere(acked => acked.Node == booted.Node);
                return null;
            case Sighting.Started:
                reopened.Remove(sighting.Node);
                foreach (var number in taken.Keys.Where(number => number.Node == sighting.Node).ToArray())
                {
                    taken.Remove(number);
                }

                return null;
            case Sighting.Took { Input: Input.Raised { Device: { } device, Report: var report } }:
                taken[(sighting.Node, device.Source, report.Id.High)] = report.Id;
                return null;
            case Sighting.Took { Input: Input.DeviceReopened { Device: var device } }:
                reopened[sighting.Node] = device;
                return null;
            case Sighting.Decided { Effect: Effect.Release { Device: { } device } release }:
                return Decided(sighting.Node, release, device);
            case Sighting.Shown shown:
                if (
                    trails.TryGetValue(
                        (shown.Node, shown.Record.Kind, shown.Record.Msgid, shown.Record.StartNs),
                        out var trail
                    )
                )
                {
                    trail.IsOnlyCopy = trail.Copies++ == 0 && shown.Now - trail.AckedAt <= TrailsFor;
                }

                return null;
            case Sighting.Done { Effect: Effect.Release release }:
                return Released(sighting.Node, release, chronicle);
            case Sighting.AckWritten { Outcome: ReleaseOutcome.Acked } ack:
                return Acked(ack);
            case Sighting.Freed freed:
                return WasAnswered(freed, chronicle);
            default:
                return null;
        }
    }

    private string? Decided(NodeId node, Effect.Release release, DeviceRef device)
    {
        if (reopened.TryGetValue(node, out var now) && device.Source == now.Source && device != now)
        {
            return $"{node} lets go {release.Report} at the device of opening {device.Epoch}, and it is opening {now.Epoch} now (D1)";
        }

        return taken.TryGetValue((node, device.Source, release.Report.High), out var last) && last != release.Report
            ? $"{node} lets go {release.Report}, whose number is that of {last} by now (D2)"
            : null;
    }

    private string? Released(NodeId node, Effect.Release release, Chronicle chronicle)
    {
        if (!chronicle.Words.TryGetValue(release.Report, out var word) || word.Node != node)
        {
            return $"{node} lets go {release.Report}, which was never caught there";
        }

        if (release.Report.Boot != boots.GetValueOrDefault(node))
        {
            return $"{node} lets go {release.Report}, which is of another boot";
        }

        return word.Run == chronicle.Run(node) && word.Device != release.Device
            ? $"{node} lets go {release.Report} at {release.Device}, but it came from {word.Device}"
            : null;
    }

    private string? Acked(Sighting.AckWritten ack)
    {
        ackedHere.Add((ack.Node, ack.Report.Kind));
        var record = (ack.Node, ack.Report.Kind, ack.Report.High, ack.Report.Low);
        if (trails.TryGetValue(record, out var before) && before.IsOnlyCopy)
        {
            return $"{ack.Node} acks the copy that its kernel left behind the ack of {ack.Report}, and with it a later event (D3)";
        }

        trails[record] = new Trail { AckedAt = ack.Now };
        return
            ack.Last is { } last
            && last.Kind == ack.Report.Kind
            && last.StartNs == ack.Report.Low
            && last.Msgid == ack.Report.High
            ? null
            : $"{ack.Node} acks {ack.Report}, but the last record read with this number is {ack.Last}";
    }

    private string? WasAnswered(Sighting.Freed freed, Chronicle chronicle)
    {
        if (freed.Meant != freed.Life)
        {
            // A stock witness repeats its ack for 10 s and names no life in it: a victim that boots and panics again
            // within that time is freed by the old ack, whatever user space does.
            return null;
        }

        if (freed.By == freed.Node)
        {
            return ackedHere.Contains((freed.Node, freed.Kind))
                ? null
                : $"{freed.Node} goes on from {freed.Kind}, but nobody there acked it";
        }

        if (chronicle.Maps.WasOut(freed.Node))
        {
            // While it was in no map its word was about nobody, and was answered so (F5).
            return null;
        }

        // All claims of one boot have one number at a witness: an answer that its kernel never fetched for the reboot
        // frees the panic that follows. Whether the ack itself was right is judged where it is written (D2).
        var said = chronicle.Words.Values.Any(word =>
            word.Node == freed.By
            && word.Report.Words.Kind.IsFatal()
            && word.Report.Words.Tag == freed.Life.Tag
            && IsAbout(word.Report.Words, freed.Node, chronicle)
            && IsCommitted(word.Report.Id, freed.Node, chronicle)
        );
        return said
            ? null
            : $"{freed.Node} goes on from {freed.Kind} by {freed.By}, but no such word of {freed.By} is committed";
    }

    // A full incident stands for words that it does not store.
    private static bool IsCommitted(ReportId word, NodeId victim, Chronicle chronicle) =>
        chronicle.Log.Find(word) is not null
        || chronicle.Log.Incidents.Any(story => chronicle.Log.IsFull(story.Id) && story.Opened.Victim == victim);

    private static bool IsAbout(Words words, NodeId victim, Chronicle chronicle) =>
        words.VictimEid is { } eid && chronicle.Shape.Topology.FindDie(eid)?.Node.Id == victim;

    // What has been shown of a record since it was acked.
    private sealed class Trail
    {
        public Instant AckedAt { get; init; }

        public int Copies { get; set; }

        public bool IsOnlyCopy { get; set; }
    }
}
