using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>What became of letting one witness's kernel go on.</summary>
internal sealed record ReleaseView(string Witness, string Outcome, long? LeftMs)
{
    /// <summary>Reads one of the releases.</summary>
    public static ReleaseView Read(JsonElement json) =>
        new(
            JsonText.OrNull(json, "witness") ?? "",
            JsonText.WordOf(json, "outcome"),
            JsonText.NumberOrNull(json, "left_ms")
        );
}
