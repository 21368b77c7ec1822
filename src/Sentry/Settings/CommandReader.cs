using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Reads the words behind <c>sentryctl set</c> as its own parser does.</summary>
internal static class CommandReader
{
    /// <summary>The options with their values; null, with a problem: sysSentry would refuse the command.</summary>
    public static List<GivenOption>? Read(ReadOnlySpan<ShellWord> words, Place at, ProblemList problems)
    {
        if (words.IsEmpty)
        {
            return Refuse(
                at,
                "\"set\" names no module",
                $"one of {string.Join(", ", SettingOption.Modules)}",
                "name it behind \"set\""
            );
        }

        var module = words[0];
        var options = SettingOption.All.Where(option => option.Module == module.Text).ToList();
        if (options.Count == 0)
        {
            return Refuse(
                module.At,
                $"no module {Shown(module)}",
                $"one of {string.Join(", ", SettingOption.Modules)}",
                "write one of these"
            );
        }

        var given = new List<GivenOption>();
        for (var place = 1; place < words.Length; place++)
        {
            var word = words[place];
            var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word.Part(..equals);
            if (Find(options, name, problems) is not { } option)
            {
                return null;
            }

            if (equals >= 0)
            {
                var value =
                    word.Text.Length > equals + 1
                        ? word.Part((equals + 1)..)
                        : word.Part(..0) with
                        {
                            Offsets = [word.AtOf(equals).Offset],
                        };
                given.Add(new GivenOption(option, name, value));
            }
            else if (place + 1 < words.Length && !words[place + 1].Text.StartsWith("--", StringComparison.Ordinal))
            {
                given.Add(new GivenOption(option, name, words[++place]));
            }
            else
            {
                return Refuse(word.At, $"{Shown(name)} has no value", $"--{option.Name}=VALUE", "give it a value");
            }
        }

        return Check(module, given, problems) ? given : null;

        List<GivenOption>? Refuse(Place place, string found, string expected, string advice)
        {
            problems.Add(place, TopologyProblemCode.Command, found, expected, advice);
            return null;
        }
    }

    // As Python's parser: an option may be cut short as long as it is clear which one is meant.
    private static SettingOption? Find(List<SettingOption> options, ShellWord name, ProblemList problems)
    {
        var expected = $"only {string.Join(", ", options.Select(option => $"--{option.Name}"))}";
        if (!name.Text.StartsWith("--", StringComparison.Ordinal) || name.Text.Length == 2)
        {
            problems.Add(
                name.At,
                TopologyProblemCode.Command,
                $"{Shown(name)} is no option",
                expected,
                options.Exists(option => option.Name == name.Text.TrimStart('-'))
                    ? $"write --{name.Text.TrimStart('-')}"
                    : "remove it, or quote the value that it belongs to"
            );
            return null;
        }

        var text = name.Text[2..];
        var near = options.Where(option => option.Name.StartsWith(text, StringComparison.Ordinal)).ToList();
        if ((near.Find(option => option.Name == text) ?? (near.Count == 1 ? near[0] : null)) is { } found)
        {
            return found;
        }

        var other = SettingOption.All.FirstOrDefault(option => option.Name == text);
        problems.Add(
            name.At,
            TopologyProblemCode.Command,
            near.Count > 1
                ? $"{Shown(name)} could be {string.Join(" or ", near.Select(option => $"--{option.Name}"))}"
                : $"{options[0].Module} has no option {Shown(name)}",
            expected,
            other is null ? "write one of these" : $"set it with: sentryctl set {other.Module}"
        );
        return null;
    }

    private static bool Check(ShellWord module, List<GivenOption> given, ProblemList problems)
    {
        var hasLists = given.Exists(option => option.Option.Name == SettingOption.ServerEid);
        var hasJetty = given.Exists(option => option.Option.Name == SettingOption.JettyId);
        if (hasLists != hasJetty)
        {
            problems.Add(
                module.At,
                TopologyProblemCode.Command,
                hasLists ? "--server_eid without --client_jetty_id" : "--client_jetty_id without --server_eid",
                "both in one command",
                hasLists ? "add --client_jetty_id=..." : "add --server_eid='...'"
            );
            return false;
        }

        if (module.Text == SettingOption.Uvb && given.Count == 0)
        {
            problems.Add(
                module.At,
                TopologyProblemCode.Command,
                "no --server_cna",
                "--server_cna='CNA;CNA...'",
                "add it"
            );
            return false;
        }

        return true;
    }

    private static string Shown(ShellWord word) => Spelling.Shown(word.Text);
}
