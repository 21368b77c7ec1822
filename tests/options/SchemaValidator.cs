using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClusterRas.Options.Tests;

/// <summary>Holds JSON against a schema, as far as the published ones go: a keyword that it does not know is a failure.</summary>
internal static class SchemaValidator
{
    /// <summary>The place of the first thing that is wrong; null: nothing is.</summary>
    public static string? FirstFault(JsonElement schema, JsonElement value, string at = "$")
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            var rule = keyword.Value;
            var fault = keyword.Name switch
            {
                "$schema" or "title" or "description" or "default" => null,
                "type" => HasType(rule.GetString()!, value) ? null : at,
                "const" => value.ValueKind == rule.ValueKind && value.GetRawText() == rule.GetRawText() ? null : at,
                "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : at,
                "minimum" => IsNumber(value) && value.GetDouble() < rule.GetDouble() ? at : null,
                "maximum" => IsNumber(value) && value.GetDouble() > rule.GetDouble() ? at : null,
                "pattern" => IsText(value) && !Regex.IsMatch(value.GetString()!, rule.GetString()!) ? at : null,
                "minItems" => IsList(value) && value.GetArrayLength() < rule.GetInt32() ? at : null,
                "maxItems" => IsList(value) && value.GetArrayLength() > rule.GetInt32() ? at : null,
                "items" => IsList(value)
                    ? value
                        .EnumerateArray()
                        .Select((one, n) => FirstFault(rule, one, $"{at}[{n}]"))
                        .FirstOrDefault(one => one is not null)
                    : null,
                "properties" => value.ValueKind == JsonValueKind.Object
                    ? rule.EnumerateObject()
                        .Where(one => value.TryGetProperty(one.Name, out _))
                        .Select(one => FirstFault(one.Value, value.GetProperty(one.Name), $"{at}.{one.Name}"))
                        .FirstOrDefault(one => one is not null)
                    : null,
                "required" => value.ValueKind == JsonValueKind.Object
                && rule.EnumerateArray().Any(name => !value.TryGetProperty(name.GetString()!, out _))
                    ? at
                    : null,
                "additionalProperties" => value.ValueKind == JsonValueKind.Object
                && value.EnumerateObject().Any(one => !schema.GetProperty("properties").TryGetProperty(one.Name, out _))
                    ? at
                    : null,
                "oneOf" => rule.EnumerateArray().Count(one => FirstFault(one, value, at) is null) == 1 ? null : at,
                var other => throw new NotSupportedException(other),
            };
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool IsList(JsonElement value) => value.ValueKind == JsonValueKind.Array;

    private static bool HasType(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => IsList(value),
            "string" => IsText(value),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => IsNumber(value) && value.TryGetDecimal(out var number) && number == decimal.Truncate(number),
            _ => throw new NotSupportedException(type),
        };
}
