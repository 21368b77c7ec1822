using System.Text.Json;

namespace ClusterRas.AbiHeader;

/// <summary>One member, by its dotted name as the data has it.</summary>
internal sealed record Field(string Name, string Type, int Offset, int Size, int? BitOffset, int? BitWidth)
{
    /// <summary>Bits have no address of their own; they become masks.</summary>
    public bool IsBits => BitOffset is not null;

    public int End => Offset + Size;

    public static Field Read(JsonElement json) =>
        new(
            json.GetProperty("name").GetString()!,
            json.GetProperty("type").GetString()!,
            json.GetProperty("offset").GetInt32(),
            json.GetProperty("size").GetInt32(),
            json.TryGetProperty("bit_offset", out var at) ? at.GetInt32() : null,
            json.TryGetProperty("bit_width", out var width) ? width.GetInt32() : null
        );
}

/// <summary>Size and members of a type on one architecture.</summary>
internal sealed record Layout(int Size, int Align, IReadOnlyList<Field> Fields)
{
    public static Layout Read(JsonElement json) =>
        new(
            json.GetProperty("size").GetInt32(),
            json.GetProperty("align").GetInt32(),
            [.. json.GetProperty("fields").EnumerateArray().Select(Field.Read)]
        );
}

/// <summary>A struct or union of the boundary.</summary>
internal sealed record AbiType(string Name, bool IsUnion, Layout Layout, Layout? Aarch64)
{
    public string Keyword => IsUnion ? "union" : "struct";

    public static AbiType Read(string name, JsonElement json) =>
        new(
            name,
            json.GetProperty("kind").GetString() == "union",
            Layout.Read(json),
            json.TryGetProperty("aarch64", out var other) ? Layout.Read(other) : null
        );
}
