using System.Numerics;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Sentry.Stock;

/// <summary>What the command line says once it is parsed.</summary>
/// <param name="Module">Null: none is named.</param>
/// <param name="Values">By option, as text; whole numbers in plain decimal.</param>
internal sealed record StockRequest(string? Module, Dictionary<string, string> Values);

/// <summary>The words behind <c>sentryctl</c>, as its parser takes them: Python's argparse, in three layers.</summary>
internal sealed class StockParser
{
    private static readonly string[] Commands =
    [
        "start",
        "stop",
        "reload",
        "status",
        "get_result",
        "get_alarm",
        "list",
        "set",
    ];

    private readonly List<string> extras = [];

    private StockParser() { }

    /// <summary>The request; or what the parser says about it. Both null: not for <c>set</c>.</summary>
    public static (StockRequest? Request, StockVerdict? Refusal) Parse(IReadOnlyList<string> words)
    {
        var parser = new StockParser();
        try
        {
            return (parser.ParseAll(words), null);
        }
        catch (StockParserException refusal)
        {
            return (null, refusal.Verdict);
        }
    }

    private StockRequest? ParseAll(IReadOnlyList<string> words)
    {
        var top = new OptionWords("sentryctl", [], allowsShort: false);
        var (command, rest) = Choose(top, words, "cmd_type", Commands);
        if (command is null)
        {
            return extras.Count > 0
                ? throw Unrecognized()
                : throw new StockParserException(
                    new StockVerdict(255, StockRefusal.Service, "it shows its help", [], [])
                );
        }

        if (command != "set")
        {
            return null;
        }

        var (module, options) = Choose(
            new OptionWords("sentryctl set", []),
            rest,
            "set_ko_name",
            SettingOption.Modules
        );
        var request = new StockRequest(module, []);
        if (module is not null)
        {
            ReadOptions(module, options, request.Values);
        }

        return extras.Count > 0 ? throw Unrecognized() : request;
    }

    private StockParserException Unrecognized() =>
        new($"sentryctl: error: unrecognized arguments: {string.Join(' ', extras)}");

    // One of several words, which takes all that stands behind it.
    private (string? Choice, List<string> Behind) Choose(
        OptionWords parser,
        IReadOnlyList<string> words,
        string name,
        IReadOnlyCollection<string> choices
    )
    {
        var kinds = parser.Classify(words);
        for (var at = 0; at < words.Count; at++)
        {
            if (kinds[at].IsOption)
            {
                TakeHelp(parser, words[at], kinds[at]);
                continue;
            }

            // A "--" before it is taken for the word itself.
            if (kinds[at].IsDashes && at + 1 == words.Count)
            {
                extras.Add(words[at]);
                break;
            }

            return choices.Contains(words[at])
                ? (words[at], [.. words.Skip(at + 1)])
                : throw parser.Error(
                    $"argument {name}: invalid choice: {PythonText.Quoted(words[at])} "
                        + $"(choose from {string.Join(", ", choices.Select(PythonText.Quoted))})"
                );
        }

        return (null, []);
    }

    private void TakeHelp(OptionWords parser, string word, OptionWords.Kind kind)
    {
        if (kind.Option is null)
        {
            extras.Add(word);
            return;
        }

        throw parser.Help(kind);
    }

    private void ReadOptions(string module, List<string> words, Dictionary<string, string> values)
    {
        var known = SettingOption.All.Where(option => option.Module == module).ToList();
        var parser = new OptionWords($"sentryctl set {module}", known.ConvertAll(option => option.Name));
        var kinds = parser.Classify(words);
        for (var at = 0; at < words.Count; at++)
        {
            if (!kinds[at].IsOption || kinds[at].Option is null)
            {
                extras.Add(words[at]);
                continue;
            }

            if (kinds[at].IsHelp)
            {
                throw parser.Help(kinds[at]);
            }

            var option = known.Find(one => one.Name == kinds[at].Option)!;
            var value = kinds[at].Value;
            if (value == "--")
            {
                // A trap of the parser's: it takes such a value for the end of the options, and hands on an empty list.
                throw new StockParserException(StockVerdict.ByService("it fails over an empty list"));
            }

            values[option.Name] = Read(parser, option, value ?? Next(parser, option, words, kinds, ref at));
        }

        if (module == SettingOption.Uvb && !values.ContainsKey(SettingOption.ServerCna))
        {
            throw parser.Error($"the following arguments are required: --{SettingOption.ServerCna}");
        }
    }

    private static string Next(
        OptionWords parser,
        SettingOption option,
        List<string> words,
        List<OptionWords.Kind> kinds,
        ref int at
    )
    {
        at++;
        return at < words.Count && !kinds[at].IsOption && !kinds[at].IsDashes
            ? words[at]
            : throw parser.Error($"argument --{option.Name}: expected one argument");
    }

    private static string Read(OptionWords parser, SettingOption option, string text)
    {
        if (option.Kind == SettingKind.Number)
        {
            return PythonInt.TryParse(text, out var number)
                ? number.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : throw parser.Error($"argument --{option.Name}: invalid int value: {PythonText.Quoted(text)}");
        }

        if (option.Kind == SettingKind.Switch && text is not ("on" or "off"))
        {
            throw parser.Error(
                $"argument --{option.Name}: invalid choice: {PythonText.Quoted(text)} (choose from 'on', 'off')"
            );
        }

        return text;
    }
}

/// <summary>Ends the parsing with a verdict.</summary>
internal sealed class StockParserException(StockVerdict verdict) : Exception
{
    public StockParserException(string says)
        : this(StockVerdict.ByParser(says)) { }

    public StockVerdict Verdict { get; } = verdict;
}
