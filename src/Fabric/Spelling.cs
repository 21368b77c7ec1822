using System.Text;

namespace ClusterRas.Fabric;

/// <summary>Words of an operator in our messages: shown safely, and guessed at when misspelt.</summary>
public static class Spelling
{
    private const int ShownLengthMax = 64;

    /// <summary>The text in quotes, cut where it is long; what a terminal would obey is escaped.</summary>
    public static string Shown(string text) => $"\"{Plain(text, ShownLengthMax)}\"";

    /// <summary>The text as <see cref="Shown"/> has it, without quotes.</summary>
    public static string Plain(string text, int lengthMax)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= lengthMax)
            {
                shown.Append("...");
                break;
            }

            var isPlain =
                Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune) || rune.Value == ' ';
            shown.Append(isPlain ? rune.ToString() : $"\\u{rune.Value:x4}");
        }

        return shown.ToString();
    }

    /// <summary>The one word among the known ones that was probably meant; null: none is near, or two are.</summary>
    public static string? Closest(string word, IEnumerable<string> known)
    {
        var near = known
            .Select(k => (Word: k, Edits: Edits(word.ToLowerInvariant(), k)))
            .Where(k => k.Edits <= (k.Word.Length <= 3 ? 1 : 2))
            .OrderBy(k => k.Edits)
            .Take(2)
            .ToList();
        return near.Count == 1 || (near.Count == 2 && near[0].Edits < near[1].Edits) ? near[0].Word : null;
    }

    // Letters added, lost, changed, or swapped with their neighbour.
    private static int Edits(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var change = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(change, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
