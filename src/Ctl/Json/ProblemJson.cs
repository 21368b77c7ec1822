using System.Text.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Json;

/// <summary>What is wrong with maps, for programs.</summary>
internal static class ProblemJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ReadMap> maps)
    {
        var all = maps.SelectMany(map => map.Reading.All).ToList();
        json.WriteString("verdict", VerdictOf(all.Count == 0 ? null : all.Max(problem => problem.Severity)));
        json.List(
            "maps",
            maps,
            static (to, map) =>
            {
                to.WordList("files", map.Paths);
                to.WriteString("verdict", VerdictOf(ProblemText.WorstOf(map.Reading)));
                var topology = (map.Reading as TopologyReading.Accepted)?.Topology;
                to.Word("cluster", topology?.Cluster);
                to.Number("node_count", (ulong?)topology?.Nodes.Length);
                to.Number("die_count", (ulong?)topology?.DieCount);
                to.Word("digest", topology?.Digest.ToString());
            }
        );
        json.List("problems", all, Write);
    }

    public static void Write(Utf8JsonWriter json, TopologyProblem problem)
    {
        json.WriteString("file", problem.Path);
        json.WriteNumber("line", problem.Line);
        json.WriteNumber("column", problem.Column);
        json.WriteString("severity", TopologyRule.WordOf(problem.Severity));
        json.WriteString("code", problem.Rule.Name);
        json.WriteString("found", problem.Found);
        json.WriteString("expected", problem.Expected);
        json.WriteString("why", problem.Why);
        json.WriteString("fix", problem.Advice);
    }

    public static string VerdictOf(TopologySeverity? worst) =>
        worst switch
        {
            null or TopologySeverity.Note => "clean",
            TopologySeverity.Unusable => "unusable",
            _ => "problems",
        };
}
