using System.Collections.Concurrent;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>How a caller's word ended.</summary>
/// <param name="Verdict">None: the window ended first.</param>
/// <param name="IsLate">The answer came, but after the window.</param>
internal sealed record CallerAnswer(IncidentId? Incident, Verdict Verdict, ulong Result, bool IsLate);

/// <summary>Programs that said a word over the API and wait for its answer.</summary>
internal sealed class CallerDesk
{
    private readonly ConcurrentDictionary<ReportId, TaskCompletionSource<CallerAnswer>> waiting = new();

    /// <summary>Waits for the answer to a word; to be called before the word is posted.</summary>
    public Task<CallerAnswer> WaitAsync(ReportId report, CancellationToken stop)
    {
        var answer = waiting.GetOrAdd(
            report,
            _ => new TaskCompletionSource<CallerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        return answer.Task.WaitAsync(stop);
    }

    /// <summary>Gives a caller its answer.</summary>
    /// <returns>False: nobody is there any more.</returns>
    public bool Answer(ReportId report, CallerAnswer answer) =>
        waiting.TryRemove(report, out var caller) && caller.TrySetResult(answer);

    /// <summary>The caller has gone.</summary>
    public void Leave(ReportId report) => waiting.TryRemove(report, out _);
}
