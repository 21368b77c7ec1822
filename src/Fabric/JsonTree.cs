using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClusterRas.Fabric;

/// <summary>A JSON value that knows where it stands, so that a problem can name line and column.</summary>
/// <param name="Offset">Of its first byte.</param>
internal abstract record JsonTree(int Offset)
{
    /// <summary>How problems call the value: a number as it is written, else its type.</summary>
    public string Shown =>
        this switch
        {
            Object => "an object",
            Array => "a list",
            Text text => Spelling.Shown(text.Value),
            Number number => number.Raw.Length <= 32 ? number.Raw : number.Raw[..32] + "...",
            Literal literal => literal.Raw,
            _ => throw new UnreachableException(),
        };

    public sealed record Object(int Offset, List<Member> Members) : JsonTree(Offset);

    public sealed record Array(int Offset, List<JsonTree> Items) : JsonTree(Offset);

    public sealed record Text(int Offset, string Value) : JsonTree(Offset);

    public sealed record Number(int Offset, string Raw) : JsonTree(Offset)
    {
        /// <summary>False for fractions and exponents too: nobody means 1e1 as an id.</summary>
        public bool TryGetInt(out int value) =>
            int.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>true, false or null.</summary>
    public sealed record Literal(int Offset, string Raw) : JsonTree(Offset);

    /// <param name="Offset">Of the name's opening quote.</param>
    /// <param name="Name">Unescaped.</param>
    /// <param name="Value">What the name stands for.</param>
    public sealed record Member(int Offset, string Name, JsonTree Value);

    /// <summary>The whole text as one value; false, with the problem, where it is not JSON.</summary>
    public static bool TryParse(
        SourceText text,
        [NotNullWhen(true)] out JsonTree? root,
        [NotNullWhen(false)] out TopologyProblem? problem
    )
    {
        root = null;
        problem = null;
        if (text.FindBadUtf8() is { } bad)
        {
            problem = text.Problem(
                bad,
                TopologyProblemCode.Syntax,
                $"byte 0x{text.Bytes[bad]:x2} is not UTF-8",
                "JSON text in UTF-8",
                "save the file as UTF-8"
            );
            return false;
        }

        if (text.Bytes.Trim(" \t\r\n"u8).IsEmpty)
        {
            problem = text.Problem(
                0,
                TopologyProblemCode.Syntax,
                text.Bytes.IsEmpty ? "the file is empty" : "the file has nothing but blanks",
                "JSON (comments and trailing commas are allowed)",
                "check that this is the right file, and that it was copied whole"
            );
            return false;
        }

        var options = new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        var reader = new Utf8JsonReader(text.Bytes, options);
        try
        {
            reader.Read();
            root = ReadValue(ref reader);
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            problem = Broken(text, text.OffsetOf(e.LineNumber ?? 0, e.BytePositionInLine ?? 0), WhyOf(e));
        }
        catch (InvalidOperationException)
        {
            problem = Broken(text, (int)reader.TokenStartIndex, "a \\u escape is half of a surrogate pair");
        }

        root = null;
        return false;
    }

    // The framework may begin with all the rest of the file and ends with a 0-based position of its own.
    private static string WhyOf(JsonException e)
    {
        const int quotedMax = 16;
        var why = e.Message;
        var end = why.LastIndexOf(" LineNumber:", StringComparison.Ordinal);
        why = end < 0 ? why : why[..end].TrimEnd('.');
        var quoteEnd = why.LastIndexOf("' is ", StringComparison.Ordinal);
        why = quoteEnd > quotedMax ? $"{why[..quotedMax]}...{why[quoteEnd..]}" : why;
        return Spelling.Plain(why, lengthMax: 200);
    }

    private static TopologyProblem Broken(SourceText text, int offset, string why) =>
        text.Problem(
            offset,
            TopologyProblemCode.Syntax,
            $"not JSON: {why}",
            "JSON (comments and trailing commas are allowed)",
            why.Contains("is invalid after a value", StringComparison.Ordinal)
                ? "put a comma before it; nothing else was checked"
                : "mend the text here; nothing else was checked"
        );

    private static JsonTree ReadValue(ref Utf8JsonReader reader)
    {
        var offset = (int)reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, offset),
            JsonTokenType.StartArray => ReadArray(ref reader, offset),
            JsonTokenType.String => new Text(offset, reader.GetString() ?? ""),
            JsonTokenType.Number => new Number(offset, Encoding.ASCII.GetString(reader.ValueSpan)),
            _ => new Literal(offset, Encoding.ASCII.GetString(reader.ValueSpan)),
        };
    }

    // Depth is bounded by the reader's own limit of 64.
    private static Object ReadObject(ref Utf8JsonReader reader, int offset)
    {
        var members = new List<Member>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var nameOffset = (int)reader.TokenStartIndex;
            var name = reader.GetString() ?? "";
            reader.Read();
            members.Add(new Member(nameOffset, name, ReadValue(ref reader)));
        }

        return new Object(offset, members);
    }

    private static Array ReadArray(ref Utf8JsonReader reader, int offset)
    {
        var items = new List<JsonTree>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader));
        }

        return new Array(offset, items);
    }
}
