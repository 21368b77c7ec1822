using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary>What several commands of <c>rasctl topology</c> take.</summary>
internal static class TopologyArguments
{
    public static Argument<string[]> Files(string description) =>
        new("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };

    public static Argument<string> File(string name, string description) => new(name) { Description = description };

    public static Option<int?> Limit()
    {
        var limit = WholeNumber.Option("--limit", "N", 1, Limits.NodeCountMax);
        limit.Description =
            $"Most nodes to allow, {Limits.NodeCountMax} at most. Default: {Limits.NodeCountDefaultMax}";
        return limit;
    }

    public static int LimitOf(ParseResult parsed, Option<int?> limit) =>
        parsed.GetValue(limit) ?? Limits.NodeCountDefaultMax;

    public static Option<string?> Output() =>
        new("--output", "-o") { Description = "Write there instead of standard output", HelpName = "FILE" };

    public static Option<bool> Force() => new("--force") { Description = "Replace the file if it is there" };

    public static Option<string?> Cluster() =>
        new("--cluster") { Description = "The cluster's name", HelpName = "NAME" };

    public static Option<string?> Control() =>
        new("--control")
        {
            Description = "The first voters: 1, 3 or 5 names with commas between them",
            HelpName = "NAMES",
        };

    public static Option<string?> Grpc() =>
        new("--grpc")
        {
            Description = "Where gRPC listens, with {name}, {id}, {die}. Default: the eids, port 7400",
            HelpName = "PATTERN",
        };

    /// <summary>Names between commas, each with its place in the option.</summary>
    public static List<Said<string>> Names(string option, string? text)
    {
        var source = new SourceText(option, System.Text.Encoding.UTF8.GetBytes(text ?? ""));
        var names = new List<Said<string>>();
        var at = 0;
        foreach (var part in (text ?? "").Split(','))
        {
            if (part.Trim().Length > 0)
            {
                names.Add(new Said<string>(part.Trim(), source.At(at)));
            }

            at += part.Length + 1;
        }

        return names;
    }

    /// <summary>An option's text with its place; null: not given.</summary>
    public static Said<string>? Said(string option, string? text) =>
        text is null
            ? null
            : new Said<string>(text, new SourceText(option, System.Text.Encoding.UTF8.GetBytes(text)).At(0));
}
