using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>What was set beside the map, over all texts of a cluster: it is told once, and not for each node.</summary>
public sealed class OtherSettings
{
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
    private Place? first;

    /// <summary>Tells it, where there is anything to tell.</summary>
    public void Tell(ProblemList problems)
    {
        if (first is { } at)
        {
            var names = counts.Select(other => $"--{other.Key}{(other.Value > 1 ? $" ({other.Value} times)" : "")}");
            problems.Add(
                at,
                TopologyProblemCode.NotOfTheMap,
                $"not taken into the map: {string.Join(", ", names)}",
                "addresses, lists, jetty and timeouts",
                "keep these lines for the nodes"
            );
        }
    }

    internal void Count(string option, Place at)
    {
        first ??= at;
        counts[option] = counts.GetValueOrDefault(option) + 1;
    }
}
