using System.Globalization;
using System.Text;

namespace ClusterRas.AbiHeader;

/// <summary>Writes a C header whose compiler proves every size and offset, on both architectures.</summary>
internal sealed class HeaderWriter(Abi abi)
{
    private readonly StringBuilder text = new();

    public string Write(string source)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            /* Made from {source} by tools/abi-header. Do not edit: the data is the source. */
            #pragma once
            #include <pthread.h>
            #include <stdatomic.h>
            #include <stdbool.h>
            #include <stddef.h>
            #include <stdint.h>

            typedef int urma_status_t;
            typedef void (*urma_log_cb_t)(int level, char *message);


            """
        );
        foreach (var (name, value) in abi.Constants)
        {
            Line($"#define {name} {Number(value)}");
        }

        foreach (var (name, members) in abi.Enums)
        {
            Line("");
            Line($"typedef enum {name} {{");
            foreach (var (member, value) in members)
            {
                Line($"    {member} = {Number(value)},");
            }

            Line($"}} {name}_t;");
            Line($"_Static_assert(sizeof(enum {name}) == 4, \"{name}\");");
        }

        Line("");
        Line("typedef urma_jetty_state_t urma_jfs_state_t;");
        Line("struct urma_ops;");
        Line("struct urma_provider_ops;");
        Line("struct urma_sysfs_dev;");
        Declare();
        foreach (var type in abi.Types)
        {
            WriteType(type);
        }

        Line("");
        foreach (var function in abi.Functions)
        {
            var parameters = string.Join(", ", function.Parameters.Select(one => $"{one.Type} {one.Name}"));
            Line($"{function.Returns} {function.Name}({(parameters.Length == 0 ? "void" : parameters)});");
        }

        return text.ToString();
    }

    // Pointers come before what they point at.
    private void Declare()
    {
        var pointedAt = abi
            .Types.SelectMany(type => type.Layout.Fields.Select(field => field.Type))
            .Concat(abi.Functions.SelectMany(one => one.Types))
            .Where(type => type.EndsWith('*'))
            .Select(Abi.BareName)
            .Where(name => name.StartsWith("urma_", StringComparison.Ordinal));
        var known = abi.Types.ToDictionary(type => type.Name);
        foreach (var name in pointedAt.Concat(known.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            if (abi.Enums.Any(one => one.Name == name) || name is "urma_log_cb")
            {
                continue;
            }

            Line($"typedef {known.GetValueOrDefault(name)?.Keyword ?? "struct"} {name} {name}_t;");
        }

        foreach (var (alias, name) in Abi.TypeAliases)
        {
            Line($"typedef struct {name} {alias};");
        }
    }

    private void WriteType(AbiType type)
    {
        Line("");
        Line($"{type.Keyword} {type.Name} {{");
        WriteMembers(type.Layout.Fields, "", type.IsUnion, 1);
        // An alignment of one is what a packed type has, and harmless where there are only bytes.
        Line(type.Layout.Align == 1 ? "} __attribute__((packed));" : "};");
        foreach (
            var group in type
                .Layout.Fields.Where(field => field.IsBits)
                .GroupBy(field => field.Name[(field.Name.LastIndexOf('.') + 1)..])
        )
        {
            var bits = group.First();
            var mask = ((1L << bits.BitWidth!.Value) - 1) << bits.BitOffset!.Value;
            Line(
                $"#define {type.Name.ToUpperInvariant()}_{group.Key.ToUpperInvariant()} 0x{mask.ToString("x", CultureInfo.InvariantCulture)}u"
            );
        }

        if (type.Aarch64 is { } other)
        {
            Line("#if defined(__aarch64__)");
            WriteAsserts(type, other);
            Line("#else");
            WriteAsserts(type, type.Layout);
            Line("#endif");
        }
        else
        {
            WriteAsserts(type, type.Layout);
        }
    }

    private void WriteMembers(IReadOnlyList<Field> fields, string prefix, bool isUnion, int depth)
    {
        var own = fields
            .Where(field => field.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(field => !field.IsBits && !field.Name[prefix.Length..].Contains('.', StringComparison.Ordinal))
            .ToList();
        for (var at = 0; at < own.Count; )
        {
            var overlap = isUnion ? 1 : 1 + own.Skip(at + 1).TakeWhile(field => field.Offset < own[at].End).Count();
            if (overlap > 1)
            {
                Line($"{Indent(depth)}union {{");
            }

            foreach (var field in own.Skip(at).Take(overlap))
            {
                WriteMember(fields, field, prefix, depth + (overlap > 1 ? 1 : 0));
            }

            if (overlap > 1)
            {
                Line($"{Indent(depth)}}};");
            }

            at += overlap;
        }
    }

    private void WriteMember(IReadOnlyList<Field> fields, Field field, string prefix, int depth)
    {
        var name = field.Name[prefix.Length..];
        if (field.Type.EndsWith("(anonymous)", StringComparison.Ordinal))
        {
            var isUnion = field.Type.StartsWith("union", StringComparison.Ordinal);
            Line($"{Indent(depth)}{(isUnion ? "union" : "struct")} {{");
            WriteMembers(fields, field.Name + ".", isUnion, depth + 1);
            Line($"{Indent(depth)}}} {name};");
            return;
        }

        var bracket = field.Type.IndexOf('[', StringComparison.Ordinal);
        Line(
            bracket < 0
                ? $"{Indent(depth)}{field.Type} {name};"
                : $"{Indent(depth)}{field.Type[..bracket]} {name}{field.Type[bracket..]};"
        );
    }

    private void WriteAsserts(AbiType type, Layout layout)
    {
        // By tag, for the library's own headers, too, have each under its tag and some under another typedef.
        var name = $"{type.Keyword} {type.Name}";
        Line($"_Static_assert(sizeof({name}) == {layout.Size}, \"{type.Name}\");");
        foreach (var field in layout.Fields.Where(field => !field.IsBits))
        {
            Line($"_Static_assert(offsetof({name}, {field.Name}) == {field.Offset}, \"{type.Name}.{field.Name}\");");
            if (!field.Type.Contains("anonymous", StringComparison.Ordinal))
            {
                Line(
                    $"_Static_assert(sizeof((({name} *)0)->{field.Name}) == {field.Size}, \"{type.Name}.{field.Name}\");"
                );
            }
        }
    }

    private static string Indent(int depth) => new(' ', depth * 4);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private void Line(string line) => text.Append(line).Append('\n');
}
