namespace ClusterRas.Sentry.Stock;

/// <summary>Tells options from other words as Python's argparse does, for one of its parsers.</summary>
/// <param name="program">How it calls itself in errors.</param>
/// <param name="options">Its options beside -h and --help, without dashes, in its order.</param>
/// <param name="allowsShort">True: an option may be cut short as long as it is clear which one is meant.</param>
internal sealed class OptionWords(string program, IReadOnlyList<string> options, bool allowsShort = true)
{
    private const string HelpName = "help";
    private readonly List<string> names = ["-h", "--" + HelpName, .. options.Select(option => "--" + option)];

    /// <summary>What a word is.</summary>
    /// <param name="IsOption">True: it looks like an option.</param>
    /// <param name="IsDashes">True: it is the "--" behind which nothing is an option.</param>
    /// <param name="Option">Which one, without dashes; null: one that there is not.</param>
    /// <param name="Value">What stands behind its "="; null: nothing.</param>
    /// <param name="IsShortHelp">True: "-h", with more letters as its value.</param>
    public readonly record struct Kind(
        bool IsOption,
        bool IsDashes = false,
        string? Option = null,
        string? Value = null,
        bool IsShortHelp = false
    )
    {
        /// <summary>True: it asks for help.</summary>
        public bool IsHelp => Option == HelpName;
    }

    /// <summary>Each word's kind.</summary>
    /// <exception cref="StockParserException">An option could be several.</exception>
    public List<Kind> Classify(IReadOnlyList<string> words)
    {
        var kinds = new List<Kind>();
        var isOver = false;
        foreach (var word in words)
        {
            var isDashes = !isOver && word == "--";
            kinds.Add(
                isDashes ? new Kind(false, IsDashes: true)
                : isOver ? default
                : Classify(word)
            );
            isOver |= isDashes;
        }

        return kinds;
    }

    /// <summary>An error in its words.</summary>
    public StockParserException Error(string says) => new($"{program}: error: {says}");

    /// <summary>What asking for help comes to: the help, and nothing is set; or an error.</summary>
    public StockParserException Help(Kind kind)
    {
        var more = kind.IsShortHelp ? kind.Value?.TrimStart('h') : kind.Value;

        // "-hh" asks twice; "-h=" has a value, if an empty one.
        var isBad = kind.IsShortHelp ? more?.Length > 0 || kind.Value is "" : more is not null;
        return isBad
            ? Error($"argument -h/--help: ignored explicit argument {PythonText.Quoted(more!)}")
            : new StockParserException(StockVerdict.ByParser("it shows its help") with { ExitCode = 0 });
    }

    private Kind Classify(string word)
    {
        if (word.Length < 2 || word[0] != '-')
        {
            return default;
        }

        if (names.Contains(word))
        {
            return Of(word, null);
        }

        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && names.Contains(word[..equals]))
        {
            return Of(word[..equals], word[(equals + 1)..]);
        }

        var isLong = word[1] == '-';
        if (isLong && allowsShort)
        {
            var prefix = equals < 0 ? word : word[..equals];
            var near = names.FindAll(name => name.StartsWith(prefix, StringComparison.Ordinal));
            if (near.Count > 1)
            {
                throw Error($"ambiguous option: {word} could match {string.Join(", ", near)}");
            }

            if (near.Count == 1)
            {
                return Of(near[0], equals < 0 ? null : word[(equals + 1)..]);
            }
        }
        else if (!isLong && word[1] == 'h')
        {
            return Of("-h", word[2..]);
        }

        var isWord = IsNegativeNumber(word) || word.Contains(' ', StringComparison.Ordinal);
        return isWord ? default : new Kind(IsOption: true);
    }

    private static Kind Of(string name, string? value) =>
        name == "-h"
            ? new Kind(true, Option: HelpName, Value: value, IsShortHelp: true)
            : new Kind(true, Option: name[2..], Value: value);

    // "-5" and "-.5": words, for no option looks like a negative number.
    private static bool IsNegativeNumber(string word)
    {
        var body = word.EndsWith('\n') ? word[1..^1] : word[1..];
        var parts = body.Split('.');
        return parts.Length <= 2
            && parts[^1].Length > 0
            && (parts.Length == 2 || parts[0].Length > 0)
            && parts.All(part => part.EnumerateRunes().All(System.Text.Rune.IsDigit));
    }
}
