using System.Text.Json;

namespace ClusterRas.Ctl.Json;

/// <summary>Fields that may be absent: they are there as null, so that a program need not ask for their keys.</summary>
internal static class JsonFields
{
    /// <summary>Empty: null.</summary>
    public static void Word(this Utf8JsonWriter json, string field, string? word)
    {
        if (string.IsNullOrEmpty(word))
        {
            json.WriteNull(field);
        }
        else
        {
            json.WriteString(field, word);
        }
    }

    /// <summary>Null: null.</summary>
    public static void Number(this Utf8JsonWriter json, string field, ulong? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(field, known);
        }
        else
        {
            json.WriteNull(field);
        }
    }

    /// <summary>A list of objects.</summary>
    public static void List<T>(
        this Utf8JsonWriter json,
        string field,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    )
    {
        json.WriteStartArray(field);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A list of words.</summary>
    public static void WordList(this Utf8JsonWriter json, string field, IEnumerable<string> words)
    {
        json.WriteStartArray(field);
        foreach (var word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }
}
