using System.Text.RegularExpressions;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Reads <c>sentryctl set …</c> lines: a file for a node, or one script with all.</summary>
/// <remarks>
/// Whose a line is, in this order: the host of <c>ssh HOST</c> or of a pasted prompt; the last line that names a node
/// (<c># node n01</c>, <c># n01</c>, or <c>n01)</c> of a shell's case); the file's name. Where nothing names the nodes, a second
/// <c>--cna</c> or <c>--eid</c> begins the next one.
/// </remarks>
public sealed partial class ScriptReader
{
    private const int CommentLengthMax = 200;

    private readonly ProblemList problems;
    private readonly SettingsSink sink;
    private readonly List<NodeSettings> nodes;
    private readonly string? nameOfFile;
    private readonly CommandTally? commands;
    private NodeSettings? current;
    private string? headingName;

    private ScriptReader(
        ProblemList problems,
        List<NodeSettings> nodes,
        OtherSettings others,
        string? nameOfFile,
        CommandTally? commands
    )
    {
        this.commands = commands;
        this.problems = problems;
        this.nodes = nodes;
        this.nameOfFile = nameOfFile;
        sink = new SettingsSink(problems, others);
    }

    /// <summary>True: it looks like such lines, and not like a topology file.</summary>
    public static bool IsScript(ReadOnlySpan<byte> utf8)
    {
        // A topology file begins with its brace, or with a comment; a pasted prompt may begin with a bracket.
        var start = (utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8).TrimStart(" \t\r\n"u8);
        return start is not [(byte)'{', ..] and not [(byte)'/', (byte)'/' or (byte)'*', ..]
            && start.IndexOf("sentryctl"u8) >= 0;
    }

    /// <summary>Reads one text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="nameOfFile">What its nodes are called where nothing in it says it: the file's name. Null: nothing.</param>
    /// <param name="nodes">Nodes so far; those of the text are added, or go on.</param>
    /// <param name="others">What is set beside the map is counted there.</param>
    /// <param name="problems">Taken to.</param>
    /// <returns>The cluster's name, where the text has it.</returns>
    public static string? Read(
        SourceText source,
        string? nameOfFile,
        List<NodeSettings> nodes,
        OtherSettings others,
        ProblemList problems
    ) => Read(source, nameOfFile, nodes, others, problems, commands: null);

    /// <summary>The same up to some command, with each of them as it stands; null: all, and nobody wants them.</summary>
    internal static string? Read(
        SourceText source,
        string? nameOfFile,
        List<NodeSettings> nodes,
        OtherSettings others,
        ProblemList problems,
        CommandTally? commands
    )
    {
        var reader = new ScriptReader(problems, nodes, others, nameOfFile, commands);
        string? cluster = null;
        var count = 0;
        foreach (var command in ShellText.Read(source, problems).TakeWhile(_ => commands is not { IsFull: true }))
        {
            if (command.Comment is { } comment)
            {
                // A longer one names nobody, and looking for a name in it takes more than its length.
                if (comment.Length > CommentLengthMax)
                {
                    continue;
                }

                var heading = Heading().Match(comment);
                if (heading.Success)
                {
                    reader.Begin(heading.Groups["node"].Value);
                    cluster = heading.Groups["cluster"] is { Success: true } named ? named.Value : cluster;
                }
            }
            else
            {
                count += reader.ReadCommand(command.Words, null);
            }
        }

        if (count == 0)
        {
            problems.Add(
                source.At(0),
                TopologyProblemCode.NoSettings,
                "no line of it is a sentryctl set command",
                "lines such as: sentryctl set sentry_remote_reporter --cna=N --eid='...'",
                "check that this is the right file; lines that begin with # are comments"
            );
        }

        return cluster;
    }

    // Counts the commands that set something, right or wrong.
    private int ReadCommand(List<ShellWord> words, string? host)
    {
        if (words is [{ Text: var label }] && CaseLabel().Match(label) is { Success: true } named)
        {
            Begin(named.Groups[1].Value);
            return 0;
        }

        var at = words.FindIndex(word =>
            word.Text == "sentryctl" || word.Text.EndsWith("/sentryctl", StringComparison.Ordinal)
        );
        if (at < 0)
        {
            // ssh n01 'sentryctl set ...': the command is a word of this one. ssh n01 <<EOF: it is on the lines below.
            var ssh = words.FindIndex(word => word.Text == "ssh");
            if (ssh >= 0 && words.Exists(word => word.Text.StartsWith("<<", StringComparison.Ordinal)))
            {
                Begin(HostOf(words, ssh));
                return 0;
            }

            var inner = ssh < 0 ? null : words.Find(word => word.Text.Contains("sentryctl ", StringComparison.Ordinal));
            return inner is null
                ? 0
                : ShellText
                    .Read(inner, problems)
                    .Where(c => c.Comment is null)
                    .Sum(c => ReadCommand(c.Words, HostOf(words, ssh)));
        }

        if (at + 1 >= words.Count || words[at + 1].Text != "set")
        {
            return 0;
        }

        host ??= HostBefore(words, at);
        Take(host, words[at].At, CommandReader.Read([.. words.Skip(at + 2)], words[at].At, problems));
        commands?.Take(new SetCommand(current!, words[at].At, [.. words.Skip(at + 1).Select(word => word.Text)]));
        return 1;
    }

    private void Take(string? host, Place at, List<GivenOption>? options)
    {
        if (host is not null && host != headingName)
        {
            Begin(host);
        }

        current ??= Find(headingName ?? nameOfFile, at);
        current.IsTold = true;
        if (options is null)
        {
            current.HasBadCommand = true;
            return;
        }

        var startsAnew =
            headingName is null
            && options.Exists(option =>
                (option.Option.Name == SettingOption.Cna && current.HasCna)
                || (option.Option.Name == SettingOption.Eid && current.OwnEids is not null)
            );
        if (startsAnew)
        {
            // Several nodes in one file: its name is nobody's.
            current.Name = null;
            current = new NodeSettings(null, at);
            nodes.Add(current);
        }

        var owner = current.Name is { } name ? $"node {Spelling.Shown(name)}" : "node";
        foreach (var (place, option) in options.Index())
        {
            if (options.Skip(place + 1).Any(later => later.Option == option.Option))
            {
                sink.CheckForm(owner, option);
            }
            else
            {
                sink.Take(current, owner, option);
            }
        }
    }

    private void Begin(string? name)
    {
        headingName = name;
        current = null;
    }

    // Lines of one node may stand apart, and in several files.
    private NodeSettings Find(string? name, Place at)
    {
        if (nodes.Find(node => name is not null && node.Name == name) is { } known)
        {
            return known;
        }

        var node = new NodeSettings(name, at);
        nodes.Add(node);
        return node;
    }

    private static string? HostOf(List<ShellWord> words, int ssh)
    {
        // Options of ssh that have a value of their own are few in such scripts: -p, -i, -l, -o, -F.
        for (var at = ssh + 1; at < words.Count; at++)
        {
            var text = words[at].Text;
            if (text is "-p" or "-i" or "-l" or "-o" or "-F")
            {
                at++;
            }
            else if (!text.StartsWith('-'))
            {
                return NameIn(text[(text.LastIndexOf('@') + 1)..]);
            }
        }

        return null;
    }

    private static string? HostBefore(List<ShellWord> words, int sentryctl)
    {
        var ssh = words.FindIndex(0, sentryctl, word => word.Text == "ssh");
        if (ssh >= 0)
        {
            return HostOf(words, ssh);
        }

        var prompt = words
            .Take(sentryctl)
            .Select(word => Prompt().Match(word.Text))
            .FirstOrDefault(match => match.Success);
        return prompt is null ? null : NameIn(prompt.Groups[1].Value);
    }

    private static string? NameIn(string host)
    {
        var name = host.Split('.')[0].ToLowerInvariant();
        return DnsLabel.IsValid(name) ? name : null;
    }

    // As export writes it; else a word with a digit that stands alone: "# n01", "# --- host n01 ---".
    [GeneratedRegex(
        @"^(?:node (?<node>[a-z0-9-]+)(?: of cluster (?<cluster>[a-z0-9-]+))?"
            + @"|\W*(?:(?:node|host|on)\W+)?(?<node>[a-z0-9][a-z0-9-]*[0-9][a-z0-9-]*?)\W*)$"
    )]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\(?([a-z0-9][a-z0-9-]*)\)$")]
    private static partial Regex CaseLabel();

    [GeneratedRegex(@"^\[?[A-Za-z0-9._-]+@([A-Za-z0-9.-]+)")]
    private static partial Regex Prompt();
}
