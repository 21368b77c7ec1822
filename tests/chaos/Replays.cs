using ClusterRas.Transport.Recording;

namespace ClusterRas.Chaos;

/// <summary>Feeds what every rasd has recorded to the same core again.</summary>
internal sealed record Replays(
    int Agreeing,
    long Steps,
    int NotPlayed,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<string> BadFiles
)
{
    /// <summary>Replays them, the shortest first, until all are done or the time is over.</summary>
    public static Replays Run(IReadOnlyList<(string Name, string Path)> recordings, TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        var findings = new List<Finding>();
        var bad = new List<string>();
        var (agreeing, steps, notPlayed) = (0, 0L, 0);
        foreach (var (name, path) in recordings.OrderBy(r => new FileInfo(r.Path).Length))
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                notPlayed++;
                continue;
            }

            using var file = File.OpenRead(path);
            switch (RunReplay.Run(file))
            {
                case ReplayOutcome.Agrees agrees:
                    agreeing++;
                    steps += agrees.StepCount;
                    break;
                case ReplayOutcome.Differs differs:
                    findings.Add(new("replay", $"{name} decides otherwise at step {differs.Step}: {differs.Input}"));
                    bad.Add(path);
                    break;
                case ReplayOutcome.Unusable unusable:
                    findings.Add(new("replay", $"{name} cannot be replayed: {unusable.Reason}"));
                    bad.Add(path);
                    break;
            }
        }

        return new Replays(agreeing, steps, notPlayed, findings, bad);
    }
}
