using System.CommandLine;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl config schema</c>.</summary>
internal static class ConfigSchemaCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE") { Description = "topology (the map) or rasd (the file of a node)" };
        file.AcceptOnlyFromAmong("topology", "rasd");
        var command = new Command("schema", "The JSON schema of one of the two files, for editors.") { file };
        command.SetAction(parsed =>
        {
            surroundings.Out.Write(parsed.GetValue(file) == "rasd" ? Schemas.OfNode() : Schemas.Topology());
            return ExitCode.Done;
        });
        return command;
    }
}
