using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Tells who catches the next word that somebody waits for, and when its window ends.</summary>
internal sealed class NextWord(Cluster cluster)
{
    /// <summary>Lives are short: a longer window is not waited for.</summary>
    public static readonly TimeSpan WindowMax = TimeSpan.FromSeconds(12);

    private readonly HashSet<ReportId> known = [];
    private readonly List<Action<Host, TimeSpan>> waiting = [];

    /// <param name="caught">Called once, with the first time at which the witness's clock shows the end.</param>
    public void Await(Action<Host, TimeSpan> caught) => waiting.Add(caught);

    public void See(Sighting sighting)
    {
        // A copy of a word may be answered already.
        if (
            sighting is not Sighting.Took { Input: Input.Raised { Report: var report } } took
            || !known.Add(report.Id)
            || waiting.Count == 0
            || report.WindowEnds is not { } ends
            || report.Words.Waiter == Waiter.Nobody
            || ends <= took.Now
            || ends - took.Now > WindowMax
        )
        {
            return;
        }

        var called = waiting.ToArray();
        waiting.Clear();
        var witness = cluster.Host(sighting.Node);
        foreach (var caught in called)
        {
            caught(witness, witness.TimeOf(ends));
        }
    }

    public void Forget() => waiting.Clear();
}
