using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>What is wrong with maps, for people: the first line of each problem is enough to mend it.</summary>
internal static class ProblemText
{
    public static void Write(Page page, IReadOnlyList<ReadMap> maps)
    {
        foreach (var map in maps)
        {
            foreach (var problem in map.Reading.All)
            {
                Write(page, problem);
            }
        }

        foreach (var map in maps)
        {
            var files = map.Paths.Length == 1 ? map.Paths[0] : $"{map.Paths[0]} and {map.Paths.Length - 1} more";
            page.Line($"{Printable.Of(files)}: {Verdict(map.Reading)}", ToneOf(WorstOf(map.Reading)));
        }
    }

    /// <summary>One, with its reason.</summary>
    public static void Write(Page page, TopologyProblem problem)
    {
        page.Line(problem.ToString(), ToneOf(problem.Severity));
        page.Line($"    why: {problem.Why}", Tone.Quiet);
    }

    /// <summary>How many there are of each kind: "1 error, 2 notes".</summary>
    public static string Counted(IEnumerable<TopologyProblem> problems) =>
        string.Join(
            ", ",
            problems
                .GroupBy(problem => problem.Severity)
                .OrderByDescending(group => group.Key)
                .Select(group => Counted(group.Count(), TopologyRule.WordOf(group.Key)))
        );

    /// <summary>The worst of a file; null: nothing is wrong.</summary>
    public static TopologySeverity? WorstOf(TopologyReading reading) =>
        reading.All.IsEmpty ? null : reading.All.Max(problem => problem.Severity);

    private static string Verdict(TopologyReading reading)
    {
        var told = Counted(reading.All);
        if (reading is TopologyReading.Accepted { Topology: var map })
        {
            var what =
                $"cluster {map.Cluster}, {map.Nodes.Length} nodes x {map.DieCount} DIEs, digest {map.Digest.ToString()[..12]}";
            return WorstOf(reading) switch
            {
                null => $"clean ({what})",
                TopologySeverity.Note => $"clean, {told} ({what})",
                _ => $"{told} ({what})",
            };
        }

        return WorstOf(reading) == TopologySeverity.Unusable ? "unusable" : told;
    }

    private static string Counted(int count, string word) => $"{count} {word}{(count == 1 ? "" : "s")}";

    public static Tone ToneOf(TopologySeverity? severity) =>
        severity switch
        {
            null => Tone.Good,
            TopologySeverity.Note => Tone.Plain,
            TopologySeverity.Warning => Tone.Uneasy,
            _ => Tone.Bad,
        };
}
