using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>By which rails the frames of each word came to this node. Nothing is decided by it.</summary>
internal sealed class ReportFrames
{
    // As many words as somebody may still look at; the ledger keeps the words themselves.
    private const int ReportsMax = 1024;

    private readonly Queue<ReportId> oldestFirst = new();

    /// <summary>Frames by word and link, copies and resends counted; a link to another node than the witness carried relayed ones.</summary>
    public ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>> ByReport { get; private set; } =
        ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>>.Empty;

    public void Note(ReportId report, LinkId link)
    {
        if (!ByReport.TryGetValue(report, out var known))
        {
            known = ImmutableSortedDictionary<LinkId, int>.Empty;
            oldestFirst.Enqueue(report);
            if (oldestFirst.Count > ReportsMax)
            {
                ByReport = ByReport.Remove(oldestFirst.Dequeue());
            }
        }

        ByReport = ByReport.SetItem(report, known.SetItem(link, known.GetValueOrDefault(link) + 1));
    }
}
