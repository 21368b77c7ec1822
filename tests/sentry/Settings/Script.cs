using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Sentry.Tests.Settings;

/// <summary>Scripts from texts to maps.</summary>
internal static class Script
{
    public static TopologyReading Read(params (string Path, string Text)[] files)
    {
        var problems = new ProblemList();
        var nodes = new List<NodeSettings>();
        var others = new OtherSettings();
        string? cluster = null;
        foreach (var (path, text) in files)
        {
            var source = new SourceText(path, Encoding.UTF8.GetBytes(text));
            var name = Path.GetFileNameWithoutExtension(path);
            cluster = ScriptReader.Read(source, name, nodes, others, problems) ?? cluster;
        }

        others.Tell(problems);

        var options = new SettingsMapOptions { Cluster = cluster ?? "cluster" };
        return nodes.Any(node => node.IsTold)
            ? ClusterRas.Fabric.Drafts.MapBuilder.Build(SettingsMap.Draft(nodes, options, problems), problems, 32)
            : new TopologyReading.Refused(problems.InOrderOfText());
    }

    public static Topology Accept(params (string Path, string Text)[] files)
    {
        var reading = Read(files);
        if (reading is not TopologyReading.Accepted accepted)
        {
            throw new InvalidOperationException(string.Join('\n', reading.All));
        }

        return accepted.Topology;
    }

    /// <summary>All nodes' lines in one text.</summary>
    public static string Of(Topology map) => string.Join('\n', map.Nodes.Select(node => SettingsScript.Of(map, node)));
}
