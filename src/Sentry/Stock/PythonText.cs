using System.Globalization;
using System.Text;

namespace ClusterRas.Sentry.Stock;

/// <summary>Texts as Python treats them.</summary>
internal static class PythonText
{
    /// <summary>Without blanks around. Python's have four control characters that .NET's have not.</summary>
    public static string Strip(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Its length in code points.</summary>
    public static int Length(string text) => text.EnumerateRunes().Count();

    /// <summary>As its messages quote it.</summary>
    public static string Quoted(string text)
    {
        var quote =
            text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(
                rune.Value switch
                {
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    var value when value == quote => $"\\{quote}",
                    _ when IsPrintable(rune) => rune.ToString(),
                    < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
                }
            );
        }

        return quoted.Append(quote).ToString();
    }

    /// <summary>How long it is as JSON that is all ASCII, with its quotes.</summary>
    public static int LengthAsJson(string text) =>
        2
        + text.Sum(letter =>
            letter is '"' or '\\' or '\n' or '\r' or '\t' or '\f' or '\b' ? 2
            : letter is < ' ' or > '~' ? 6
            : 1
        );

    private static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || letter is >= '\x1c' and <= '\x1f';

    private static bool IsPrintable(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );
}
