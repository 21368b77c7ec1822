using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl events close ID</c>.</summary>
internal static class EventsCloseCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var id = WholeNumber.Argument("ID");
        id.Description = "Of the open incident, as \"events list\" shows it";
        var by = new Option<string?>("--by")
        {
            Description = "Who closes it, for the audit. Default: the name of the user who is logged in",
            HelpName = "NAME",
        };
        var command = new Command("close", "Closes an open incident as an operator.") { id, by };
        command.SetAction(
            async (parsed, stop) =>
            {
                var request = new CloseIncidentRequest
                {
                    Id = (ulong)parsed.GetValue(id),
                    By = parsed.GetValue(by) ?? Environment.UserName,
                };
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.CloseIncidentAsync(request, options),
                        TimeSpan.Zero,
                        $"how it stands: rasctl events show {request.Id}; whether there is a master: rasctl status",
                        stop
                    )
                    .ConfigureAwait(false);
                EventsShowCommand.Write(asking.IsJson(parsed), surroundings, asked, reply.Incident ?? new Incident());
                return ExitCode.Done;
            }
        );
        return command;
    }
}
