using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Probing;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology probe</c>.</summary>
internal static class TopologyProbeCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "A topology file; default: as for every command that asks nodes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "probe",
            "The running cluster against the map: which links are up, who has another map."
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                var path = parsed.GetValue(file) ?? asking.MapPath(parsed, surroundings);
                var map = MapFiles.Load(path, surroundings);
                var probe = await Probe.RunAsync(map, path, asking.Within(parsed), stop).ConfigureAwait(false);
                if (asking.IsJson(parsed))
                {
                    await surroundings
                        .Out.WriteLineAsync(JsonLine.Of(json => ProbeJson.Write(json, probe)))
                        .ConfigureAwait(false);
                }
                else
                {
                    ProbeText.Write(Page.On(surroundings), probe);
                }

                return probe.IsAsPlanned ? ExitCode.Done : ExitCode.Refused;
            }
        );
        return command;
    }
}
