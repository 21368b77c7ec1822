using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class MasterMachine
{
    private const int PoolMax = 4096;
    private static readonly TimeSpan PoolKeeps = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ReportId, PooledReport> pool = [];
    private readonly Queue<PooledReport> poolOrder = new();
    private readonly HashSet<PooledReport> unanswered = [];
    private readonly Dictionary<NodeId, List<PooledReport>> deathWords = [];

    /// <summary>A word held here about the life that a node is in now, not closed in the book; null: none.</summary>
    public Report? ReportOn(NodeId node)
    {
        foreach (var held in deathWords.GetValueOrDefault(node) ?? [])
        {
            if (IsAbout(held.Report, node))
            {
                return held.Report;
            }
        }

        return Book().OpenFatal(node) is { Reports.Count: > 0 } incident && IsPresentLife(incident)
            ? new Report(incident.Reports[0].Words, incident.ClaimedAt, incident.WindowEnds)
            : null;
    }

    /// <summary>Whether a word claims the end of the life that a node is in now.</summary>
    public bool IsAbout(Report report, NodeId node)
    {
        if (ToldToDie(report) != node)
        {
            return false;
        }

        if (Book().FindByReport(report.Id) is { } known)
        {
            return known.IsOpen && IsPresentLife(known);
        }

        var lives = Book().Lives.GetValueOrDefault(node);
        if (lives is null)
        {
            return true;
        }

        if (report.Words.VictimBoot != default)
        {
            return report.Words.VictimBoot == lives.Current.Boot;
        }

        return report.Words.Tag != 0 ? report.Words.Tag == lives.Current.Tag : report.RaisedAt >= lives.JoinedAt;
    }

    /// <summary>The victim of a word that says that its life ends; null: it says no such thing.</summary>
    private NodeId? ToldToDie(Report report) =>
        report.Words.Kind is EventKind.Panic or EventKind.KernelReboot
            ? Folding.Victim(report.Words, map.Topology)
            : null;

    /// <summary>Words older than this, and those beyond the limit, are not held; their witnesses say them again.</summary>
    private void Prune()
    {
        while (poolOrder.TryPeek(out var oldest))
        {
            var isOld = outlet.Now - oldest.ReceivedAt > PoolKeeps && Book().ByReport.ContainsKey(oldest.Report.Id);
            if (!isOld && poolOrder.Count <= PoolMax)
            {
                return;
            }

            Drop(poolOrder.Dequeue());
        }
    }

    private void Hold(PooledReport held)
    {
        pool.Add(held.Report.Id, held);
        poolOrder.Enqueue(held);
        if (ToldToDie(held.Report) is { } victim)
        {
            if (!deathWords.TryGetValue(victim, out var words))
            {
                deathWords.Add(victim, words = []);
            }

            words.Add(held);
        }
    }

    private void Drop(PooledReport held)
    {
        pool.Remove(held.Report.Id);
        unanswered.Remove(held);
        if (ToldToDie(held.Report) is { } victim && deathWords[victim] is var words)
        {
            words.Remove(held);
            if (words.Count == 0)
            {
                deathWords.Remove(victim);
            }
        }
    }

    private bool IsPresentLife(Incident incident) =>
        Book().Lives.GetValueOrDefault(incident.Victim) is not { } lives
        || incident.Life == lives.Current
        || (incident.Life.Boot == default && incident.Life.Tag == lives.Current.Tag);
}
