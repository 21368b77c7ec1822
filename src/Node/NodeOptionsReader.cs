using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Options;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Turns a command line and a file into options, or into the full list of what is wrong with them.</summary>
internal sealed class NodeOptionsReader
{
    private const int NodeNameShownMax = Limits.NodeCountMax;
    private readonly List<string> problems = [];
    private ImmutableArray<TopologyProblem> warnings = [];

    private NodeOptionsReader() { }

    /// <returns>The options; or null and at least one problem, each of one line.</returns>
    public static (NodeOptions? Options, IReadOnlyList<string> Problems) Read(RawOptions raw)
    {
        var reader = new NodeOptionsReader();
        var options = reader.ReadAll(raw.WithFile(reader.problems));
        return reader.problems.Count == 0 ? (options, []) : (null, reader.problems);
    }

    private NodeOptions? ReadAll(RawOptions raw)
    {
        var topology = ReadTopology(raw.Topology);
        var node = topology is null ? null : FindNode(topology, raw);
        var listening = new ListenPlan(raw.Listen, raw.Insecure);
        var listen = node is null ? [] : listening.For(node, problems);
        var events = ReadEvents(raw.Events);
        var handlers =
            raw.Handlers.Count > 0 || raw.FileHandlers.IsEmpty
                ? HandlerOptionsReader.Read(raw.Handlers, problems)
                : HandlerOptionsReader.Of(raw.FileHandlers, problems);
        var channels = ChannelOptionsReader.Read(raw.Notifications, raw.NameOf("--notifications"), problems);
        CheckFile(topology, raw);
        var boot = ReadBootId(raw.BootIdPath);
        var wires = ReadWires(raw.Wires, topology, node);
        if (raw.Data is null)
        {
            problems.Add(
                "--data is missing: expected a folder for this node's ledger, e.g. --data /var/lib/clusterras, or \"data\" in the file"
            );
        }

        if (raw.Data is "" || File.Exists(raw.Data))
        {
            problems.Add(
                $"--data \"{raw.Data}\" is {(raw.Data is "" ? "empty" : "a file")}; expected a folder for this node's ledger"
            );
        }

        foreach (var device in raw.Devices.GroupBy(path => path).Where(group => group.Count() > 1))
        {
            problems.Add(
                $"{raw.NameOf("--device")} {device.Key} is given {device.Count()} times; expected once: a kernel has one reader"
            );
        }

        if (raw.Record is { } record && Path.Exists(record))
        {
            problems.Add($"{raw.NameOf("--record")} {record}: there is such a file; expected the name of a new one");
        }

        return topology is null || node is null || raw.Data is null
            ? null
            : new NodeOptions
            {
                Topology = topology,
                TopologyWarnings = warnings,
                TopologyPath = raw.Topology!,
                Node = node,
                DataFolder = raw.Data,
                Listen = listen,
                Listening = listening,
                Devices = [.. raw.Devices],
                EventsOn = events,
                Handlers = handlers,
                Channels = channels,
                Boot = boot,
                Protocol = TunedProtocol.Of(topology.Tuning),
                RecordPath = raw.Record,
                Wires = wires,
                UrmaLibrary = raw.UrmaLibrary,
                UvbLibrary = raw.UvbLibrary,
                IsVerbose = raw.Verbose,
            };
    }

    // What the file says of its own is held against the map; what the command line overrides is not asked any more.
    private void CheckFile(Topology? topology, RawOptions raw)
    {
        if (topology is not null && raw.File is { } file)
        {
            var found = NodeFileRule.Check(file, topology, raw.Topology!);
            problems.AddRange(
                found.Where(problem => problem.Severity >= TopologySeverity.Error).Select(problem => problem.ToString())
            );
            warnings = [.. warnings, .. found.Where(problem => problem.Severity < TopologySeverity.Error)];
        }
    }

    private Topology? ReadTopology(string? path)
    {
        if (path is null)
        {
            problems.Add(
                "--topology is missing: expected the cluster's map, e.g. --topology /etc/clusterras/topology.json, or \"topology\" in the file"
            );
            return null;
        }

        if (InputFile.Refusal(path, out var bytes) is { } refusal)
        {
            problems.Add(
                $"the map \"{Spelling.Plain(path, int.MaxValue)}\" cannot be read: {refusal}; expected the cluster's topology file"
            );
            return null;
        }

        switch (TopologyFile.Read(bytes, path, new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax }))
        {
            case TopologyReading.Accepted accepted:
                warnings = accepted.Warnings;
                return accepted.Topology;
            case TopologyReading.Refused refused:
                problems.AddRange(refused.Problems.Select(problem => problem.ToString()));
                return null;
            default:
                throw new InvalidOperationException("a topology is accepted or refused");
        }
    }

    private TopologyNode? FindNode(Topology topology, RawOptions raw)
    {
        var name = raw.Node ?? Dns.GetHostName().Split('.')[0];
        if (topology.FindNode(name) is { } node)
        {
            return node;
        }

        if (raw.File?.Node is not null)
        {
            // Told with its place, beside everything else that the file has against the map.
            return null;
        }

        var known = string.Join(", ", topology.Nodes.Take(NodeNameShownMax).Select(known => known.Name));
        problems.Add(
            raw.Node is null
                ? $"this machine's name \"{name}\" is not in {raw.Topology}; say which node it is with --node: {known}"
                : $"{raw.NameOf("--node")} {name}: not in {raw.Topology}; expected one of: {known}"
        );
        return null;
    }

    private ImmutableHashSet<EventKind> ReadEvents(string? text)
    {
        var kinds = ImmutableHashSet.CreateBuilder<EventKind>();
        foreach (
            var word in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (word == "all")
            {
                kinds.UnionWith(EventWords.All.Select(known => known.Kind));
            }
            else if (EventWords.TryParse(word, out var kind))
            {
                kinds.Add(kind);
            }
            else
            {
                problems.Add(
                    $"--events {word}: no such kind; expected all, or some of {string.Join(',', EventWords.All.Select(known => known.Word))}"
                );
            }
        }

        return kinds.ToImmutable();
    }

    private ImmutableArray<TransportKind> ReadWires(string? text, Topology? topology, TopologyNode? node)
    {
        var words = (text ?? "grpc").Split(',');
        if (
            words[^1] != "grpc"
            || words.Distinct().Count() < words.Length
            || !words.All(word => word is "urma" or "uvb" or "grpc")
        )
        {
            problems.Add(
                $"--wires {text}: expected grpc, or urma,grpc, uvb,grpc or urma,uvb,grpc: gRPC is there on every machine, so it is the last"
            );
            return [];
        }

        var before = problems.Count;
        if (words.Contains("urma") && topology is { Ub.Jetty: null })
        {
            problems.Add(
                $"--wires {text}: the map says no jetty, which all nodes must have alike; say \"jetty\" in it"
            );
        }

        if (words.Contains("uvb") && node is { Cna: null })
        {
            problems.Add($"--wires {text}: the map says no CNA of {node.Name}; say \"cna\" of each node in it");
        }

        return problems.Count > before
            ? []
            :
            [
                .. words.Select(word =>
                    word switch
                    {
                        "urma" => TransportKind.Urma,
                        "uvb" => TransportKind.Uvb,
                        _ => TransportKind.Grpc,
                    }
                ),
            ];
    }

    private BootId ReadBootId(string path)
    {
        if (InputFile.Refusal(path, out var content) is { } refusal)
        {
            problems.Add($"{Spelling.Plain(path, int.MaxValue)}: cannot be read: {refusal}; expected this boot's id");
            return default;
        }

        var text = Encoding.ASCII.GetString(content).Trim();
        if (Guid.TryParseExact(text, "D", out var id))
        {
            Span<byte> bytes = stackalloc byte[16];
            id.TryWriteBytes(bytes, bigEndian: true, out _);
            return new BootId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
        }

        problems.Add($"{path}: found {Spelling.Shown(text)}; expected a boot id, 8-4-4-4-12 hex digits");
        return default;
    }
}
