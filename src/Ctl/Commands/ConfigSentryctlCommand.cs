using System.CommandLine;
using System.Text;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl config sentryctl</c>.</summary>
internal static class ConfigSentryctlCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var lines = new Argument<string[]>("FILE|LINE")
        {
            Description = "Files with sentryctl lines, or such a line itself, in quotes",
            Arity = ArgumentArity.OneOrMore,
        };
        var strict = new Option<bool>("--strict-compat")
        {
            Description = "Let sysSentry's verdict decide the exit code, and not ours",
        };
        var command = new Command("sentryctl", "What sysSentry makes of each \"sentryctl set\", what we do, and why.")
        {
            lines,
            strict,
        };
        command.SetAction(parsed =>
        {
            var problems = new ProblemList();
            var judged = CommandJudge.Judge(
                [.. parsed.GetValue(lines)!.Select(Read)],
                () => new StockMachine(),
                problems
            );
            if (judged.IsEmpty)
            {
                throw RefusedException.Usage(string.Join("\n  ", problems.InOrderOfText()));
            }

            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => JudgedJson.Write(json, judged)));
            }
            else
            {
                JudgedText.Write(Page.On(surroundings), judged);
            }

            var isRefused = judged.Any(one => parsed.GetValue(strict) ? !one.Theirs.IsTaken : !one.IsTakenHere);
            return isRefused ? ExitCode.Refused : ExitCode.Done;
        });
        return command;
    }

    // A line has blanks and says what it is; everything else is a file's name.
    private static (SourceText Text, string? Node) Read(string fileOrLine)
    {
        if (fileOrLine.Contains("sentryctl ", StringComparison.Ordinal) && !File.Exists(fileOrLine))
        {
            return (new SourceText("line", Encoding.UTF8.GetBytes(fileOrLine)), null);
        }

        return MapFiles.TryReadBytes(fileOrLine, out var bytes, out var problem)
            ? (new SourceText(fileOrLine, bytes), MapFiles.NodeNameOf(fileOrLine))
            : throw RefusedException.Usage(problem.ToString());
    }
}
