using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Ctl.Maps;

/// <summary>Maps from files: topology files, or lines of sysSentry's own tool.</summary>
internal static class MapFiles
{
    /// <summary>One map, of a topology file or a script with all nodes.</summary>
    /// <exception cref="RefusedException">It is wrong; all its problems are told.</exception>
    public static Topology Load(string path, Surroundings surroundings)
    {
        var accepted = Accept(path);
        foreach (var problem in accepted.Warnings.Where(problem => problem.Severity == TopologySeverity.Warning))
        {
            surroundings.Note(problem.ToString());
        }

        return accepted.Topology;
    }

    /// <summary>The same for those who only look up whom to ask: what the map warns of is not their business.</summary>
    /// <param name="path">The file.</param>
    /// <param name="advice">What else could be done where it is wrong; empty: nothing.</param>
    /// <exception cref="RefusedException">It is wrong; all its problems are told.</exception>
    public static Topology LoadToAsk(string path, string advice) => Accept(path, advice).Topology;

    private static TopologyReading.Accepted Accept(string path, string advice = "")
    {
        // A tool takes whatever some daemon may run with.
        var reading = Read([path], Limits.NodeCountMax)[0].Reading;
        return reading as TopologyReading.Accepted
            ?? throw RefusedException.Usage(
                $"the map is wrong:\n  {string.Join("\n  ", reading.All)}{(advice.Length > 0 ? $"\n  {advice}" : "")}"
            );
    }

    /// <summary>Every topology file is a map of its own, and all scripts together are one.</summary>
    public static List<ReadMap> Read(IReadOnlyList<string> paths, int nodeCountMax) =>
        Read([.. paths.Select(ReadFile.Of)], nodeCountMax);

    /// <summary>The same of files that were read already: what comes from a pipe comes once.</summary>
    public static List<ReadMap> Read(IReadOnlyList<ReadFile> files, int nodeCountMax)
    {
        var maps = new List<ReadMap>();
        var scripts = new List<SourceText>();
        foreach (var (path, bytes, problem) in files)
        {
            if (problem is not null)
            {
                maps.Add(new ReadMap([path], new TopologyReading.Refused([problem])));
            }
            else if (ScriptReader.IsScript(bytes))
            {
                scripts.Add(new SourceText(path, bytes));
            }
            else
            {
                var options = new TopologyReadOptions { NodeCountMax = nodeCountMax };
                maps.Add(new ReadMap([path], TopologyFile.Read(bytes, path, options)));
            }
        }

        if (scripts.Count > 0)
        {
            var reading = ReadScripts(scripts, new SettingsMapOptions { IsOfUbOnly = true }, null, nodeCountMax);
            maps.Add(new ReadMap([.. scripts.Select(script => script.Path)], reading));
        }

        return maps;
    }

    /// <summary>The map of scripts.</summary>
    /// <param name="options">What the operator adds; a cluster's name in a script is used where he gives none.</param>
    /// <param name="cluster">The name that he gives; null: none.</param>
    public static TopologyReading ReadScripts(
        IReadOnlyList<SourceText> scripts,
        SettingsMapOptions options,
        string? cluster,
        int nodeCountMax
    )
    {
        var problems = new ProblemList();
        var nodes = new List<NodeSettings>();
        var others = new OtherSettings();
        string? found = null;
        foreach (var script in scripts)
        {
            found = ScriptReader.Read(script, NodeNameOf(script.Path), nodes, others, problems) ?? found;
        }

        others.Tell(problems);

        return Build(nodes, options with { Cluster = cluster ?? found ?? options.Cluster }, problems, nodeCountMax);
    }

    /// <summary>The map of settings, wherever they come from.</summary>
    public static TopologyReading Build(
        IReadOnlyList<NodeSettings> nodes,
        SettingsMapOptions options,
        ProblemList problems,
        int nodeCountMax
    ) =>
        nodes.Any(node => node.IsTold)
            ? MapBuilder.Build(SettingsMap.Draft(nodes, options, problems), problems, nodeCountMax)
            : new TopologyReading.Refused(problems.InOrderOfText());

    /// <summary>A file's bytes, or the problem that it cannot be read.</summary>
    public static bool TryReadBytes(string path, out byte[] bytes, out TopologyProblem problem)
    {
        var refusal = InputFile.Refusal(path, out bytes);
        problem = refusal is null
            ? null!
            : new SourceText(path, default).Problem(
                0,
                TopologyProblemCode.Unreadable,
                $"the file cannot be read: {refusal}",
                "a topology file, or sentryctl lines",
                path == "-" ? "name standard input /dev/stdin" : "check the path and its permissions"
            );
        return refusal is null;
    }

    // One file a node: n03.sh is of n03. Where the lines name nodes themselves, this name is not used.
    public static string? NodeNameOf(string path)
    {
        var name = Path.GetFileName(path).Split('.')[0].ToLowerInvariant().Replace('_', '-');
        return DnsLabel.IsValid(name) ? name : null;
    }
}

/// <summary>What came of some files.</summary>
/// <param name="Paths">The files; several for scripts.</param>
/// <param name="Reading">The map or its problems.</param>
internal sealed record ReadMap(ImmutableArray<string> Paths, TopologyReading Reading);

/// <summary>A file as it was read.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Problem">Why there is none; null: it was read.</param>
internal sealed record ReadFile(string Path, byte[] Bytes, TopologyProblem? Problem)
{
    public static ReadFile Of(string path) =>
        MapFiles.TryReadBytes(path, out var bytes, out var problem)
            ? new ReadFile(path, bytes, null)
            : new ReadFile(path, [], problem);
}
