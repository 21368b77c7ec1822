using System.Text.Json;
using ClusterRas.Ctl.Logs;

namespace ClusterRas.Ctl.Json;

/// <summary>Names of the log, for programs.</summary>
internal static class LogJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<LogName> all) =>
        json.List(
            "names",
            all,
            static (to, one) =>
            {
                to.WriteString("name", one.Name);
                to.WriteString("group", one.Group);
                to.WriteString("means", one.Meaning);
                to.WriteString("to_do", one.Action);
            }
        );
}
