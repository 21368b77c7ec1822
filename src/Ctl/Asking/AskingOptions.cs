using System.Collections.Immutable;
using System.CommandLine;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Asking;

/// <summary>The options that every command has.</summary>
internal sealed class AskingOptions
{
    private const string TopologyPathDefault = "/etc/clusterras/topology.json";
    private const int TimeoutMsDefault = 5000;

    private readonly Option<string?> topology = new("--topology")
    {
        Description = $"The map of the cluster. Default: $CLUSTERRAS_TOPOLOGY, or {TopologyPathDefault}",
        HelpName = "FILE",
        Recursive = true,
    };
    private readonly Option<string?> node = new("--node")
    {
        Description = "Ask this node and no other: its answer is what it knows by itself",
        HelpName = "NAME",
        Recursive = true,
    };
    private readonly Option<string?> address = new("--address")
    {
        Description = "Ask here, without a topology file",
        HelpName = "HOST:PORT",
        Recursive = true,
    };
    private readonly Option<bool> json = new("--json")
    {
        Description = "JSON on one line; field names as in proto/clusterras/v1/cluster.proto",
        Recursive = true,
    };
    private readonly Option<int?> timeoutMs = WholeNumber.Option("--timeout", "MS", 1, 3_600_000);

    public AskingOptions()
    {
        timeoutMs.Description = $"How long to wait for an answer, over all nodes asked. Default: {TimeoutMsDefault}";
        timeoutMs.Recursive = true;
    }

    public void AddTo(RootCommand root)
    {
        root.Add(topology);
        root.Add(node);
        root.Add(address);
        root.Add(json);
        root.Add(timeoutMs);
    }

    /// <summary>True: the answer is for a program.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(json);

    /// <summary>The node that was named; null: none.</summary>
    public string? NodeName(ParseResult parsed) => parsed.GetValue(node);

    /// <summary>The map that was named, by option, variable or default.</summary>
    public string MapPath(ParseResult parsed, Surroundings surroundings)
    {
        var variable = string.IsNullOrEmpty(surroundings.TopologyVariable) ? null : surroundings.TopologyVariable;
        return parsed.GetValue(topology) ?? variable ?? TopologyPathDefault;
    }

    /// <summary>How long to wait for an answer.</summary>
    public TimeSpan Within(ParseResult parsed) =>
        TimeSpan.FromMilliseconds(parsed.GetValue(timeoutMs) ?? TimeoutMsDefault);

    /// <summary>Whom to ask.</summary>
    /// <exception cref="RefusedException">The options or the file are wrong; all its problems are told.</exception>
    public AskPlan Plan(ParseResult parsed, Surroundings surroundings)
    {
        var within = Within(parsed);
        var name = parsed.GetValue(node);
        if (parsed.GetValue(address) is { } place)
        {
            if (name is not null || parsed.GetValue(topology) is not null)
            {
                throw RefusedException.Usage("--address stands alone: give either it, or --topology and --node.");
            }

            return HostPort.TryParse(place, out var hostPort)
                ? new AskPlan([new Door(null, hostPort)], within, IsOneNode: true, Map: null)
                : throw RefusedException.Usage(
                    $"--address takes name:port, 1.2.3.4:port or [ipv6]:port, not \"{place}\"."
                );
        }

        var path = MapPath(parsed, surroundings);
        var map = MapFiles.LoadToAsk(
            path,
            "name it with --topology FILE or $CLUSTERRAS_TOPOLOGY, or ask one node with --address HOST:PORT"
        );
        return new AskPlan(
            name is null ? InOrder(map, surroundings.HostName) : [.. DoorsOf(Find(map, path, name))],
            within,
            IsOneNode: name is not null,
            (path, map.Digest.ToString())
        );
    }

    /// <summary>The node of the map.</summary>
    /// <exception cref="RefusedException">The map does not have it.</exception>
    public static TopologyNode Find(Topology map, string path, string name) =>
        map.FindNode(name)
        ?? throw RefusedException.Usage(
            $"--node: {path} has no node \"{name}\"; it has {string.Join(", ", map.Nodes.Select(n => n.Name))}."
        );

    private static ImmutableArray<Door> InOrder(Topology map, string hostName)
    {
        var here = map.FindNode(hostName.Split('.')[0].ToLowerInvariant());
        return [.. map.Nodes.OrderBy(node => node == here ? 0 : 1).SelectMany(DoorsOf)];
    }

    private static IEnumerable<Door> DoorsOf(TopologyNode node) =>
        node.Dies.Select(die => new Door(node.Name, die.Grpc));
}
