using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>How a caller's word ended.</summary>
/// <param name="Verdict">None: the window ended first.</param>
/// <param name="IsLate">The answer came, but after the window.</param>
internal sealed record CallerAnswer(IncidentId? Incident, Verdict Verdict, ulong Result, bool IsLate);

/// <summary>Programs that said a word over the API and wait for its answer. A word that is said again has two of them.</summary>
internal sealed class CallerDesk
{
    private readonly Lock gate = new();
    private readonly Dictionary<ReportId, List<Caller>> waiting = [];

    /// <summary>A caller comes; to be called before its word is posted. Disposing the result lets it go.</summary>
    public Caller Come(ReportId report)
    {
        var caller = new Caller(this, report);
        lock (gate)
        {
            if (waiting.TryGetValue(report, out var callers))
            {
                callers.Add(caller);
            }
            else
            {
                waiting.Add(report, [caller]);
            }
        }

        return caller;
    }

    /// <summary>Gives all callers of a word its answer.</summary>
    /// <returns>False: nobody is there any more.</returns>
    public bool Answer(ReportId report, CallerAnswer answer)
    {
        List<Caller>? callers;
        lock (gate)
        {
            waiting.Remove(report, out callers);
        }

        callers?.ForEach(caller => caller.Take(answer));
        return callers is not null;
    }

    private void Leave(ReportId report, Caller caller)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(report, out var callers) && callers.Remove(caller) && callers.Count == 0)
            {
                waiting.Remove(report);
            }
        }
    }

    /// <summary>One call that waits.</summary>
    internal sealed class Caller(CallerDesk desk, ReportId report) : IDisposable
    {
        private readonly TaskCompletionSource<CallerAnswer> answer = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        /// <summary>The answer, once it is there.</summary>
        public Task<CallerAnswer> Answer => answer.Task;

        internal void Take(CallerAnswer given) => answer.TrySetResult(given);

        /// <inheritdoc />
        public void Dispose() => desk.Leave(report, this);
    }
}
