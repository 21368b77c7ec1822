namespace ClusterRas.Chaos;

/// <summary>The end of a run: what held, what did not, what could not be looked at.</summary>
internal sealed record RunVerdict(
    IReadOnlyList<ScenarioResult> Results,
    Replays Replays,
    string? Failure,
    bool IsStopped,
    bool? PlantSeen,
    ChaosOptions Options
)
{
    /// <summary>Every scenario is one; replaying all recordings is one; a planted fault is one.</summary>
    public int Passed =>
        Results.Count(r => r.Held)
        + (Replays is { Agreeing: > 0, Findings.Count: 0 } ? 1 : 0)
        + (PlantSeen == true ? 1 : 0);

    public int Failed => Failures.Count;

    /// <summary>Scenarios for which there was no time.</summary>
    public int Skipped => Results.Count(IsSkipped);

    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Failures =>
        [
            .. Results
                .Where(r => !r.Held && !IsSkipped(r))
                .Select(r => $"{r.Scenario.Name}: {r.Findings.FirstOrDefault()?.ToString() ?? "no trial counts"}"),
            .. Replays.Findings.Take(1).Select(f => f.ToString()),
            .. Failure is { } failure ? [failure] : Array.Empty<string>(),
            .. IsStopped ? Array.Empty<string>() : ["some rasd did not stop on SIGTERM"],
            .. PlantSeen == false ? [$"the planted {Options.Planted} was not reported"] : Array.Empty<string>(),
        ];

    /// <summary>What the run says last.</summary>
    public void Print(TextWriter output)
    {
        foreach (var result in Results)
        {
            output.WriteLine(
                (
                    result.Held ? "as promised: "
                    : IsSkipped(result) ? "no time for: "
                    : "NOT AS PROMISED: "
                ) + Director.Summary(result)
            );
        }

        if (PlantSeen == true)
        {
            output.WriteLine($"the planted {Options.Planted} was reported");
        }

        output.WriteLine($"report: {Path.Combine(Options.Out, "report.html")}");
        foreach (var failure in Failures)
        {
            output.WriteLine($"FAILED {failure}");
        }

        output.WriteLine($"{Passed} passed, {Failed} failed, {Skipped} skipped");
    }

    private static bool IsSkipped(ScenarioResult result) => result.Trials.Count == 0 && result.Findings.Count == 0;
}
