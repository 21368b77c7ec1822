using ClusterRas.Fabric.Tests;

namespace ClusterRas.Sentry.Tests.Stock;

/// <summary>Changes recorded commands: digits, signs, blanks, order, and what operators do besides.</summary>
internal static class CommandMutator
{
    private static readonly string[] Pieces =
    [
        " ",
        "\t",
        "\n",
        "\u2003",
        "\u001c",
        "+",
        "-",
        "_",
        ";",
        ",",
        ":",
        "::",
        ".",
        "0",
        "00000",
        "9",
        "٣",
        "f",
        "g",
        "é",
        "=",
        "\"",
        "'",
        "\\",
        "on",
        "--",
        "{",
        "}",
        "NaN",
        "true",
        "1e2",
        "16777215",
        "2147483648",
        "4294967296",
    ];

    private static readonly string[] Strays =
    [
        "--",
        "-",
        "-5",
        "-.5",
        "-h",
        "-hx",
        "-hh",
        "-h=",
        "-h=h",
        "--help=1",
        "--h",
        "x",
        "",
        "- 5",
        "--no",
    ];

    /// <summary>Changes of one kind each: what it is, and how it is made in the words of a command.</summary>
    public static IReadOnlyList<(string Kind, Action<List<string>, Dice> Change)> Kinds { get; } =
    [
        ("digits", (words, dice) => InAValue(words, dice, (word, start) => Turned(word, start, WithDigit, dice))),
        (
            "signs",
            (words, dice) => InAValue(words, dice, (word, start) => word.Insert(start, "+-"[dice.Below(2)..][..1]))
        ),
        (
            "blanks",
            (words, dice) =>
                InAValue(
                    words,
                    dice,
                    (word, start) =>
                        word.Insert(start + dice.Below(word.Length - start + 1), " \t\n"[dice.Below(3)..][..1])
                )
        ),
        (
            "order",
            (words, dice) =>
            {
                for (var at = 2; at < words.Count; at++)
                {
                    words[at] = Turned(words[at], words[at].IndexOf('=') + 1, dice);
                }

                var rest = words[Math.Min(2, words.Count)..];
                dice.Shuffle(rest);
                words.RemoveRange(words.Count - rest.Count, rest.Count);
                words.AddRange(rest);
            }
        ),
    ];

    private static void InAValue(List<string> words, Dice dice, Func<string, int, string> change)
    {
        if (words.Count > 2)
        {
            var at = 2 + dice.Below(words.Count - 2);
            words[at] = change(words[at], words[at].IndexOf('=') + 1);
        }
    }

    /// <summary>One to three changes.</summary>
    public static List<string> Change(IReadOnlyList<string> words, Dice dice)
    {
        var changed = words.ToList();
        for (var left = 1 + dice.Below(3); left > 0; left--)
        {
            ChangeOnce(changed, dice);
        }

        return changed;
    }

    private static void ChangeOnce(List<string> words, Dice dice)
    {
        if (words.Count == 0 || dice.Below(12) == 0)
        {
            words.Insert(dice.Below(words.Count + 1), Strays[dice.Below(Strays.Length)]);
            return;
        }

        var at = words.Count <= 2 || dice.Below(10) == 0 ? dice.Below(words.Count) : 2 + dice.Below(words.Count - 2);
        var word = words[at];
        var equals = word.IndexOf('=') + 1;
        switch (dice.Below(10))
        {
            case 0 when equals > 0:
                words[at] = word[..(equals - 1)];
                words.Insert(at + 1, word[equals..]);
                break;
            case 1 when equals > 3:
                var cut = 2 + dice.Below(equals - 2);
                words[at] = word[..cut] + word[(equals - 1)..];
                break;
            case 2:
                words.Insert(dice.Below(words.Count + 1), word);
                break;
            case 3:
                words.RemoveAt(at);
                break;
            case 4:
                var other = Recorded.All[dice.Below(Recorded.All.Length)].Words;
                words.AddRange(other.Skip(2));
                break;
            case 5:
                var from = dice.Below(words.Count);
                (words[at], words[from]) = (words[from], words[at]);
                break;
            case 6:
                words[at] = Turned(word, equals, dice);
                break;
            case 7:
                words[at] = Turned(word, equals, WithDigit, dice);
                break;
            case 8 when word.Length > equals:
                words[at] = word.Remove(equals + dice.Below(word.Length - equals), 1);
                break;
            default:
                words[at] = word.Insert(
                    equals + dice.Below(word.Length - equals + 1),
                    Pieces[dice.Below(Pieces.Length)]
                );
                break;
        }
    }

    // Entries of a list in another order.
    private static string Turned(string word, int start, Dice dice)
    {
        var separator = ";,"[dice.Below(2)];
        var parts = word[start..].Split(separator);
        dice.Shuffle(parts);
        return word[..start] + string.Join(separator, parts);
    }

    // At one of its digits.
    private static string Turned(string word, int start, Func<string, int, Dice, string> change, Dice dice)
    {
        var places = Enumerable
            .Range(start, word.Length - start)
            .Where(place => char.IsAsciiHexDigit(word[place]))
            .ToList();
        return places.Count > 0 ? change(word, places[dice.Below(places.Count)], dice) : word;
    }

    private static string WithDigit(string word, int place, Dice dice) =>
        word[..place] + "0123456789abcdefABCDEF"[dice.Below(22)] + word[(place + 1)..];
}
