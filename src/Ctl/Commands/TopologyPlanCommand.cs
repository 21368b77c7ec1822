using System.CommandLine;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology plan</c>.</summary>
internal static class TopologyPlanCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var file = TopologyArguments.File(
            "INVENTORY",
            "A line for each node: NAME EID [EID] [CNA] [rack=R] [switch=S,S]"
        );
        var cluster = TopologyArguments.Cluster();
        var control = TopologyArguments.Control();
        var grpc = TopologyArguments.Grpc();
        var limit = TopologyArguments.Limit();
        var output = TopologyArguments.Output();
        var force = TopologyArguments.Force();
        var command = new Command("plan", "Makes the whole topology file of a short inventory.")
        {
            file,
            cluster,
            control,
            grpc,
            limit,
            output,
            force,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var options = new InventoryOptions(
                parsed.GetValue(cluster),
                TopologyArguments.Names("--control", parsed.GetValue(control)),
                TopologyArguments.Said("--grpc", parsed.GetValue(grpc))
            );
            var reading = MapFiles.TryReadBytes(path, out var bytes, out var problem)
                ? Inventory.Read(new SourceText(path, bytes), options, TopologyArguments.LimitOf(parsed, limit))
                : new TopologyReading.Refused([problem]);
            return MapOutput.Write(reading, parsed.GetValue(output), parsed.GetValue(force), surroundings);
        });
        return command;
    }
}
