using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Stock;

/// <summary>IPv6 addresses as Linux reads them, which is wider than any standard: a group may have zeros before it without end.</summary>
internal static class KernelAddress
{
    private const int WordCount = 8;

    /// <summary>False: Linux does not take it.</summary>
    public static bool TryParse(string text, out Eid eid)
    {
        eid = Eid.None;
        var words = new List<ushort>();
        int? gap = null;
        var at = 0;
        if (text.StartsWith("::", StringComparison.Ordinal))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            var start = at;
            if (!TryReadGroup(text, ref at, out var word))
            {
                return false;
            }

            if (at < text.Length && text[at] == '.')
            {
                // The last two words may be dotted, where there is room for just these.
                var hasRoom = gap is null ? words.Count == WordCount - 2 : words.Count <= WordCount - 3;
                if (!hasRoom || !TryReadDotted(text[start..], words))
                {
                    return false;
                }

                break;
            }

            words.Add(word);
            if (at == text.Length)
            {
                break;
            }

            if (text[at++] != ':' || at == text.Length)
            {
                return false;
            }

            if (text[at] == ':')
            {
                if (gap is not null)
                {
                    return false;
                }

                gap = words.Count;
                at++;
            }
        }

        if (gap is null ? words.Count != WordCount : words.Count >= WordCount)
        {
            return false;
        }

        words.InsertRange(gap ?? 0, Enumerable.Repeat((ushort)0, WordCount - words.Count));
        eid = new Eid(Joined(words[..4]), Joined(words[4..]));
        return true;
    }

    // A digit more is allowed as long as the group's value leaves room for it.
    private static bool TryReadGroup(string text, ref int at, out ushort word)
    {
        const int roomBelow = 0x1000;
        word = 0;
        var start = at;
        for (; at < text.Length && char.IsAsciiHexDigit(text[at]); at++)
        {
            if (word >= roomBelow)
            {
                return false;
            }

            word = (ushort)((word << 4) | Convert.ToInt32(text[at].ToString(), 16));
        }

        return at > start;
    }

    private static bool TryReadDotted(string text, List<ushort> words)
    {
        var parts = text.Split('.');
        var bytes = new List<int>();
        foreach (var part in parts)
        {
            var digits = part.TrimStart('0');
            if (part.Length == 0 || digits.Length > 3 || !part.All(char.IsAsciiDigit))
            {
                return false;
            }

            bytes.Add(digits.Length == 0 ? 0 : int.Parse(digits, CultureInfo.InvariantCulture));
        }

        if (bytes.Count != 4 || bytes.Exists(one => one > 255))
        {
            return false;
        }

        words.Add((ushort)((bytes[0] << 8) | bytes[1]));
        words.Add((ushort)((bytes[2] << 8) | bytes[3]));
        return true;
    }

    private static ulong Joined(List<ushort> words) => words.Aggregate(0UL, (value, word) => (value << 16) | word);
}
