using System.Text.Json;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Json;

/// <summary>Options for programs.</summary>
internal static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Explanation> all) =>
        json.List(
            "options",
            all,
            static (to, one) =>
            {
                to.WriteString("name", one.Name);
                to.WriteString("where", one.Where.TrimEnd());
                to.WriteBoolean("of_the_cluster", one.IsOfTheCluster);
                to.WriteString("what", one.What);
                to.WriteString("unit", one.Unit);
                to.WriteString("default", one.Default);
                to.WriteString("range", one.Range);
                to.WordList("fits", one.Relations);
                to.WordList("else", one.Outside);
            }
        );
}
