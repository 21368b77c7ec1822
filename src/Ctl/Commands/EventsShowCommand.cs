using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl events show ID</c>.</summary>
internal static class EventsShowCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var id = WholeNumber.Argument("ID");
        id.Description = "Of the incident, as \"events list\" shows it";
        var command = new Command("show", "One incident in full, in the order in which it happened.") { id };
        command.SetAction(
            async (parsed, stop) =>
            {
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var incident = await asked.IncidentAsync((ulong)parsed.GetValue(id), stop).ConfigureAwait(false);
                Write(asking.IsJson(parsed), surroundings, asked, incident);
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <summary>One incident as the answer.</summary>
    public static void Write(bool isJson, Surroundings surroundings, ReachedNode asked, Incident incident)
    {
        var names = new NodeNames(asked.Status);
        if (isJson)
        {
            surroundings.Out.WriteLine(JsonLine.Of(json => IncidentJson.Write(json, incident, names)));
        }
        else
        {
            new IncidentText(Page.On(surroundings), names).WriteOne(incident);
        }
    }
}
