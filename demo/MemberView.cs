using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>How one node sees another.</summary>
/// <param name="Name">n07.</param>
/// <param name="Health">up, degraded, ...</param>
/// <param name="Tag">Of its life; 0: none known.</param>
internal sealed record MemberView(string Name, string Health, int Tag)
{
    /// <summary>Reads one of the members.</summary>
    public static MemberView Read(JsonElement json) =>
        new(
            json.GetProperty("name").ToString(),
            JsonText.WordOf(json, "health"),
            json.TryGetProperty("life", out var life) && life.ValueKind == JsonValueKind.Object
                ? (int)(JsonText.NumberOrNull(life, "tag") ?? 0)
                : 0
        );
}
