using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Maps;

/// <summary>Hands out a map that was made, or says why there is none.</summary>
internal static class MapOutput
{
    /// <summary>The map on standard output or in a file; everything else beside it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Write(TopologyReading reading, string? path, bool mayReplace, Surroundings surroundings)
    {
        foreach (var problem in reading.All)
        {
            surroundings.Note($"{problem}\n    why: {problem.Why}");
        }

        if (reading is not TopologyReading.Accepted { Topology: var map })
        {
            var isUnusable = reading.All.Any(problem => problem.Severity == TopologySeverity.Unusable);
            surroundings.Note("no map was written.");
            return isUnusable ? ExitCode.Usage : ExitCode.Refused;
        }

        var text = TopologyFile.Write(map);
        if (path is null)
        {
            surroundings.Out.Write(text);
        }
        else
        {
            OutputFile.Write(path, text, mayReplace);
            surroundings.Note($"wrote {path}: {map}");
        }

        return ExitCode.Done;
    }
}
