using System.Globalization;
using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>Members of the JSON that rasctl prints, which leaves out what is not set.</summary>
internal static class JsonText
{
    /// <summary>The text; null: absent, null or empty.</summary>
    public static string? OrNull(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The name of a node, with <c>_node_name</c> behind the member's name or without; null: absent.</summary>
    public static string? NodeOrNull(JsonElement json, string name) =>
        OrNull(json, name + "_node_name") ?? OrNull(json, name);

    /// <summary>A word of an enumeration, in lower case; empty: absent.</summary>
    public static string WordOf(JsonElement json, string name) => OrNull(json, name)?.ToLowerInvariant() ?? "";

    /// <summary>The number, also where it is written as text, as 64-bit numbers often are; null: absent.</summary>
    public static long? NumberOrNull(JsonElement json, string name) =>
        long.TryParse(OrNull(json, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The items; none: absent.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
