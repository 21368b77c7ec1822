using System.CommandLine;
using System.Text;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology import</c>.</summary>
internal static class TopologyImportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "sentryctl lines: a file for each node, or one script with all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var root = new Option<string?>("--root")
        {
            Description = "A copy of /proc/sentry_* of a node, or a folder with one such copy for each",
            HelpName = "DIR",
        };
        var values = ValueOptions();
        var cluster = TopologyArguments.Cluster();
        var names = new Option<string?>("--names")
        {
            Description = "Names of the nodes in their order, with commas between them",
            HelpName = "NAMES",
        };
        var control = TopologyArguments.Control();
        var grpc = TopologyArguments.Grpc();
        var limit = TopologyArguments.Limit();
        var output = TopologyArguments.Output();
        var force = TopologyArguments.Force();
        var command = new Command("import", "Makes a topology file of what sysSentry was told.")
        {
            files,
            root,
            cluster,
            names,
            control,
            grpc,
            limit,
            output,
            force,
        };
        foreach (var (_, option) in values)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            var ways = new[]
            {
                result.GetValue(files) is { Length: > 0 },
                result.GetValue(root) is not null,
                values.Any(value => result.GetValue(value.Option) is not null),
            };
            if (ways.Count(way => way) != 1)
            {
                result.AddError(
                    "give either FILE..., or --root DIR, or the values of one node (--server-eid TEXT ...)."
                );
            }
        });
        command.SetAction(parsed =>
        {
            var options = new SettingsMapOptions
            {
                Names = [.. TopologyArguments.Names("--names", parsed.GetValue(names)).Select(name => name.Value)],
                Control = TopologyArguments.Names("--control", parsed.GetValue(control)),
                GrpcPattern = TopologyArguments.Said("--grpc", parsed.GetValue(grpc)),
            };
            var nodeCountMax = TopologyArguments.LimitOf(parsed, limit);
            var name = parsed.GetValue(cluster);
            var given = values
                .Select(value => (value.Setting, Option: value.Option.Name, Text: parsed.GetValue(value.Option)))
                .ToList();
            var reading =
                parsed.GetValue(root) is { } folder ? ReadTree(folder, options, name, nodeCountMax)
                : given.Exists(value => value.Text is not null) ? ReadValues(given, options, name, nodeCountMax)
                : ReadFiles(parsed.GetValue(files)!, options, name, nodeCountMax);
            return MapOutput.Write(reading, parsed.GetValue(output), parsed.GetValue(force), surroundings);
        });
        return command;
    }

    // Named as sysSentry's own options are, but for the dashes, which are this tool's.
    private static List<(string Setting, Option<string?> Option)> ValueOptions() =>
        [
            ("server_eid", Value("--server-eid", "One node's server_eid: its lists, as sentryctl takes them")),
            ("server_cna", Value("--server-cna", "The same node's server_cna")),
            ("eid", Value("--eid", "The same node's own eids; default: the first of each list")),
            ("cna", Value("--cna", "The same node's own CNA")),
            ("client_jetty_id", Value("--jetty", "The same node's client_jetty_id")),
        ];

    private static Option<string?> Value(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT" };

    private static TopologyReading ReadFiles(
        string[] paths,
        SettingsMapOptions options,
        string? cluster,
        int nodeCountMax
    )
    {
        var unreadable = new List<TopologyProblem>();
        var scripts = new List<SourceText>();
        foreach (var path in paths)
        {
            if (MapFiles.TryReadBytes(path, out var bytes, out var problem))
            {
                scripts.Add(new SourceText(path, bytes));
            }
            else
            {
                unreadable.Add(problem);
            }
        }

        return unreadable.Count > 0
            ? new TopologyReading.Refused([.. unreadable])
            : MapFiles.ReadScripts(scripts, options, cluster, nodeCountMax);
    }

    private static TopologyReading ReadTree(
        string folder,
        SettingsMapOptions options,
        string? cluster,
        int nodeCountMax
    )
    {
        var problems = new ProblemList();
        var nodes = ProcTree.Read(folder, problems);
        return MapFiles.Build(nodes, options with { Cluster = cluster ?? options.Cluster }, problems, nodeCountMax);
    }

    private static TopologyReading ReadValues(
        List<(string Setting, string Option, string? Text)> given,
        SettingsMapOptions options,
        string? cluster,
        int nodeCountMax
    )
    {
        var problems = new ProblemList();
        var node = new NodeSettings(options.Names.Count > 0 ? options.Names[0] : null, default);
        var files = new SettingFiles(node, problems);
        foreach (var (setting, option, text) in given.Where(value => value.Text is not null))
        {
            // Problems stand at the option that was typed: --jetty, and not the driver's name for it.
            files.TakeOption(setting, new SourceText(option, Encoding.UTF8.GetBytes(text!)));
        }

        return MapFiles.Build([node], options with { Cluster = cluster ?? options.Cluster }, problems, nodeCountMax);
    }
}
