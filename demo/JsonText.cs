using System.Globalization;
using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>Members of the JSON that rasctl prints (docs/rasctl.md); what is not known is null there.</summary>
internal static class JsonText
{
    /// <summary>The text; null: not known.</summary>
    public static string? OrNull(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A word of an enumeration; empty: not known.</summary>
    public static string WordOf(JsonElement json, string name) => OrNull(json, name) ?? "";

    /// <summary>The number; null: not known.</summary>
    public static long? NumberOrNull(JsonElement json, string name) =>
        long.TryParse(OrNull(json, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The items; none: absent.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
