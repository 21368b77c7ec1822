using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Logs;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl logs explain</c>.</summary>
internal static class LogsExplainCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "As it stands in a line of rasd's log, after the level; without it: all of them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("explain", "What a line of this name means, and what to look at.") { name };
        command.SetAction(parsed =>
        {
            IReadOnlyList<LogName> found = parsed.GetValue(name) is { } one ? [Find(one)] : LogBook.All;
            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => LogJson.Write(json, found)));
            }
            else if (found.Count == 1)
            {
                LogText.Write(Page.On(surroundings), found[0]);
            }
            else
            {
                LogText.WriteAll(Page.On(surroundings));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static LogName Find(string name)
    {
        // Copied out of a line, it may still have its colon.
        if (LogBook.Find(name.TrimEnd(':')) is { } found)
        {
            return found;
        }

        var guess = Spelling.Closest(name, LogBook.All.Select(one => one.Name));
        throw RefusedException.Usage(
            $"no line of rasd's log is called {Spelling.Shown(name)}; "
                + (guess is null ? "rasctl logs explain lists all" : $"did you mean \"{guess}\"?")
        );
    }
}
