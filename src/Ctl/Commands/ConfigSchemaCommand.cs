using System.CommandLine;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl config schema</c>.</summary>
internal static class ConfigSchemaCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "topology (the map), rasd (the file of a node) or notifications (the file of channels)",
        };
        file.AcceptOnlyFromAmong("topology", "rasd", "notifications");
        var command = new Command("schema", "The JSON schema of one of the three files, for editors.") { file };
        command.SetAction(parsed =>
        {
            surroundings.Out.Write(
                parsed.GetValue(file) switch
                {
                    "rasd" => Schemas.OfNode(),
                    "notifications" => Schemas.OfNotifications(),
                    _ => Schemas.Topology(),
                }
            );
            return ExitCode.Done;
        });
        return command;
    }
}
