using System.Globalization;
using System.Text;

namespace ClusterRas.Ctl.Text;

/// <summary>Makes words of others safe on a terminal: a dying kernel's text may hold anything.</summary>
internal static class Printable
{
    /// <summary>On one line, with everything that could steer a terminal written as an escape.</summary>
    public static string Of(string text)
    {
        var at = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (at < 0)
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            switch (char.GetUnicodeCategory(letter))
            {
                case UnicodeCategory.Control when letter == '\n':
                    safe.Append("\\n");
                    break;
                case UnicodeCategory.Control:
                // Marks that turn the direction of writing.
                case UnicodeCategory.Format:
                case UnicodeCategory.LineSeparator:
                case UnicodeCategory.ParagraphSeparator:
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
                    break;
                default:
                    safe.Append(letter);
                    break;
            }
        }

        return safe.ToString();
    }
}
