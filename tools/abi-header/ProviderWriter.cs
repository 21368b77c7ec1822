using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClusterRas.AbiHeader;

/// <summary>Writes what a provider of the library needs beyond the boundary that programs use.</summary>
/// <remarks>A table's entry whose types programs never meet is a pointer without parameters: who fills it in is told by the compiler.</remarks>
internal sealed class ProviderWriter
{
    // Of the library's own, and in no header that it installs.
    private const string PrivateRecord = "urma_sysfs_dev";

    // As bare names are.
    private static readonly HashSet<string> Plain =
    [
        "void",
        "int",
        "_Bool",
        "char",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
    ];

    private readonly StringBuilder text = new();
    private readonly HashSet<string> known;

    public ProviderWriter(Abi abi) =>
        known = [
            .. Plain,
            .. abi.Types.Select(one => one.Name),
            .. abi.Enums.Select(one => one.Name),
            "urma_status",
            "urma_log_cb",
        ];

    public string Write(string source, JsonElement root)
    {
        var types = root.GetProperty("provider_structs")
            .EnumerateObject()
            .Select(one => AbiType.Read(one.Name, one.Value))
            .OrderBy(type => type.Layout.Size)
            .ToList();
        Line($"/* Made from {source} by tools/abi-header. Do not edit: the data is the source. */");
        Line("#pragma once");
        Line("#include <time.h>");
        Line("");
        Line("/* Where the library's own header is included, it declares these. */");
        Line("#ifndef URMA_PROVIDER_H");
        foreach (var type in types.Where(type => type.Name != PrivateRecord))
        {
            WriteType(type);
            known.Add(type.Name);
        }

        Line("");
        Line("int urma_register_provider_ops(struct urma_provider_ops *provider_ops);");
        Line("int urma_unregister_provider_ops(struct urma_provider_ops *provider_ops);");
        Line("int urma_register_sysfs_dev(struct urma_sysfs_dev *dev);");
        Line("#endif");
        WriteType(types.Single(type => type.Name == PrivateRecord));
        return text.ToString();
    }

    private void WriteType(AbiType type)
    {
        Line("");
        Line($"struct {type.Name} {{");
        foreach (var field in type.Layout.Fields)
        {
            Line($"    {Declared(field)};");
        }

        Line("};");
        Line($"_Static_assert(sizeof(struct {type.Name}) == {type.Layout.Size}, \"{type.Name}\");");
        foreach (var field in type.Layout.Fields)
        {
            Line(
                $"_Static_assert(offsetof(struct {type.Name}, {field.Name}) == {field.Offset}, \"{type.Name}.{field.Name}\");"
            );
        }
    }

    private string Declared(Field field)
    {
        var bracket = field.Type.IndexOf('[', StringComparison.Ordinal);
        return field.Type.StartsWith("fn(", StringComparison.Ordinal) ? Function(field)
            : bracket >= 0 ? $"{field.Type[..bracket]} {field.Name}{field.Type[bracket..]}"
            : field.Type == "struct timespec" || known.Contains(Abi.BareName(field.Type))
                ? $"{Spelled(field.Type)} {field.Name}"
            : field.Type.EndsWith('*') ? $"void *{field.Name}"
            : $"uint64_t {field.Name}[{field.Size / sizeof(ulong)}]";
    }

    // As the data has them: fn(type, type)->type.
    private string Function(Field field)
    {
        var arrow = field.Type.LastIndexOf(")->", StringComparison.Ordinal);
        var returns = field.Type[(arrow + 3)..];
        var parameters = field.Type[3..arrow].Split(", ", StringSplitOptions.RemoveEmptyEntries);
        return parameters.Append(returns).All(one => known.Contains(Abi.BareName(one)))
            ? $"{Spelled(returns)} (*{field.Name})({(parameters.Length == 0 ? "void" : string.Join(", ", parameters.Select(Spelled)))})"
            : $"void (*{field.Name})(void)";
    }

    // A type of the provider's has no second name there.
    private static string Spelled(string type) =>
        type.StartsWith("urma_provider_attr_t", StringComparison.Ordinal)
        || type.StartsWith("urma_match_entry_t", StringComparison.Ordinal)
            ? "struct " + type.Replace("_t", "", StringComparison.Ordinal)
            : type;

    private void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
