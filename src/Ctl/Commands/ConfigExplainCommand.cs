using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl config explain</c>.</summary>
internal static class ConfigExplainCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "An option, as a file or rasd's command line has it; without it: all of them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "explain",
            "An option's unit, default and range, what it must fit, and what goes wrong."
        )
        {
            name,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<Explanation> found = parsed.GetValue(name) is { } one ? [Find(one)] : Explanation.All;
            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => ExplanationJson.Write(json, found)));
            }
            else if (found.Count == 1)
            {
                ExplanationText.Write(Page.On(surroundings), found[0]);
            }
            else
            {
                ExplanationText.WriteAll(Page.On(surroundings), found);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Explanation Find(string name)
    {
        if (Explanation.Find(name) is { } found)
        {
            return found;
        }

        var guess = Spelling.Closest(name, Explanation.All.Select(one => one.Name));
        throw RefusedException.Usage(
            $"there is no option {Spelling.Shown(name)}; "
                + (guess is null ? "rasctl config explain lists all" : $"did you mean \"{guess}\"?")
        );
    }
}
