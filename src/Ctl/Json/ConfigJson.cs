using System.Text.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Json;

/// <summary>Checked files for programs.</summary>
internal static class ConfigJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<CheckedFile> files)
    {
        json.WriteString("verdict", ProblemJson.VerdictOf(files.Max(file => file.Worst)));
        json.List(
            "files",
            files,
            static (to, file) =>
            {
                to.WriteString("file", file.Path);
                to.WriteString("is", file.Is);
                to.WriteString("verdict", ProblemJson.VerdictOf(file.Worst));
            }
        );
        json.List("problems", [.. files.SelectMany(file => file.Problems)], ProblemJson.Write);
    }
}
