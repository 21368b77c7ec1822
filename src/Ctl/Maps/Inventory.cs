using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Ctl.Maps;

/// <summary>What an operator adds to an inventory on the command line.</summary>
/// <param name="Cluster">Null: as the inventory says.</param>
/// <param name="Control">Empty: as the inventory says.</param>
/// <param name="Grpc">Null: as the inventory says.</param>
internal sealed record InventoryOptions(string? Cluster, IReadOnlyList<Said<string>> Control, Said<string>? Grpc);

/// <summary>Reads the short form of a map: a line for each node, name first, then its eids, CNA and places.</summary>
/// <remarks>
/// <c>n01 fd00::1 fd00:1::1 cna=1 rack=r1 switch=s0,s1 grpc=HOST:PORT,HOST:PORT</c>; before it lines such as
/// <c>cluster=demo jetty=100</c>. Eids may be in any IPv6 form; a bare number is the CNA; a comma after a word counts for
/// nothing. Places follow the order of the eids, wherever they stand in the line.
/// </remarks>
internal sealed class Inventory
{
    private static readonly string[] CommonKeys =
    [
        "cluster",
        "jetty",
        "control",
        "grpc",
        "panic_ms",
        "kernel_reboot_ms",
    ];
    private static readonly string[] NodeKeys = ["cna", "rack", "switch", "grpc", "panic_ms", "kernel_reboot_ms"];

    private readonly HashSet<string> saidOfAll = new(StringComparer.Ordinal);
    private readonly SourceText source;
    private readonly ProblemList problems = new();
    private readonly MapDraft draft;
    private readonly InventoryOptions options;
    private Said<string>? grpcPattern;

    private Inventory(SourceText source, InventoryOptions options)
    {
        this.source = source;
        this.options = options;
        draft = new MapDraft(source.At(0)) { Cluster = "cluster" };
        grpcPattern = options.Grpc;
    }

    /// <summary>The map of an inventory.</summary>
    public static TopologyReading Read(SourceText source, InventoryOptions options, int nodeCountMax) =>
        new Inventory(source, options).Read(nodeCountMax);

    private TopologyReading Read(int nodeCountMax)
    {
        var offset = 0;
        foreach (var line in Encoding.UTF8.GetString(source.Bytes).Split('\n'))
        {
            ReadLine(WordsOf(line, offset));
            offset += Encoding.UTF8.GetByteCount(line) + 1;
        }

        foreach (var node in draft.Nodes)
        {
            AddAddresses(node);
        }

        draft.NodeCount = draft.Nodes.Count;
        if (options.Control is [var first, ..])
        {
            draft.Control = new DraftControl(first.At, options.Control.Count, [.. options.Control]);
        }

        draft.Cluster = options.Cluster ?? draft.Cluster;
        draft.Control ??= ControlChoice.Spread(draft);
        return MapBuilder.Build(draft, problems, nodeCountMax);
    }

    private List<Said<string>> WordsOf(string line, int lineOffset)
    {
        var words = new List<Said<string>>();
        var start = -1;
        for (var at = 0; at <= line.Length; at++)
        {
            // As in a shell: inside of a word it is a letter like any other.
            var isComment = at < line.Length && line[at] == '#' && start < 0;
            var isBlank = at == line.Length || char.IsWhiteSpace(line[at]) || isComment;
            if (!isBlank)
            {
                start = start < 0 ? at : start;
                continue;
            }

            if (start >= 0)
            {
                words.Add(new Said<string>(line[start..at].TrimEnd(','), source.At(lineOffset + start)));
                start = -1;
            }

            if (isComment)
            {
                break;
            }
        }

        return words;
    }

    private void ReadLine(List<Said<string>> words)
    {
        if (words.Count == 0)
        {
            return;
        }

        if (words[0].Value.Contains('=', StringComparison.Ordinal))
        {
            words.ForEach(ReadCommon);
            return;
        }

        var name = words[0];
        var node = new DraftNode($"node {Spelling.Shown(name.Value)}", name.At)
        {
            Id = new Said<int>(draft.Nodes.Count, name.At),
            Name = name,
            DiesAt = name.At,
        };
        if (!node.HasName)
        {
            problems.Add(
                name.At,
                TopologyProblemCode.Name,
                $"node name {Spelling.Shown(name.Value)}",
                DnsLabel.Form,
                "write a name such as n01"
            );
        }

        // Eids first: what is said of each DIE may stand before them.
        var isKey = words.Skip(1).ToLookup(word => word.Value.Contains('=', StringComparison.Ordinal));
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in isKey[false])
        {
            ReadAddress(node, word, said);
        }

        foreach (var word in isKey[true])
        {
            ReadKey(node, word, said);
        }

        draft.Nodes.Add(node);
    }

    private void ReadCommon(Said<string> word)
    {
        var (key, value) = KeyOf(word, CommonKeys, "the cluster");
        Once(key, word, "the cluster", saidOfAll, "once in an inventory");
        switch (key)
        {
            case "cluster":
                draft.Cluster = value!.Value;
                if (!DnsLabel.IsValid(value.Value))
                {
                    problems.Add(
                        value.At,
                        TopologyProblemCode.Name,
                        $"cluster {Spelling.Shown(value.Value)}",
                        DnsLabel.Form,
                        "write a name such as demo"
                    );
                }

                break;
            case "jetty":
                draft.Jetty = NumberOf("jetty", value!, TopologyProblemCode.JettyRange);
                break;
            case "control":
                var names = Parts(value!).ToList();
                draft.Control = new DraftControl(value!.At, names.Count, names);
                break;
            case "grpc":
                grpcPattern ??= value;
                break;
            case "panic_ms":
                draft.Timeouts.PanicMs = NumberOf("panic_ms", value!, TopologyProblemCode.Timeout);
                break;
            case "kernel_reboot_ms":
                draft.Timeouts.KernelRebootMs = NumberOf("kernel_reboot_ms", value!, TopologyProblemCode.Timeout);
                break;
            default:
                break;
        }
    }

    private void ReadAddress(DraftNode node, Said<string> word, HashSet<string> said)
    {
        if (word.Value.Contains(':', StringComparison.Ordinal))
        {
            node.Dies.Add(
                new DraftDie(node.Owner, node.Dies.Count)
                {
                    Eid = AddressReader.ReadShortEid(node.Owner, word, problems),
                }
            );
        }
        else
        {
            Once("cna", word, node.Owner, said, "or a number alone once in a line");
            ReadCna(node, word);
        }
    }

    private void ReadKey(DraftNode node, Said<string> word, HashSet<string> said)
    {
        var (key, value) = KeyOf(word, NodeKeys, node.Owner);
        Once(key, word, node.Owner, said, "once in a line");

        switch (key)
        {
            case "cna":
                ReadCna(node, value!);
                break;
            case "rack":
                node.Rack = SiteOf(node.Owner, "rack", value!);
                break;
            case "switch":
                foreach (var (die, part) in PartsOfDies(node, key, value!))
                {
                    node.Dies[die].Switch = SiteOf(node.Dies[die].Owner, "switch", part);
                }

                break;
            case "grpc":
                foreach (var (die, part) in PartsOfDies(node, key, value!))
                {
                    node.Dies[die].Grpc = GrpcPattern.Fill(part, node, die, problems);
                }

                break;
            case "panic_ms":
                node.Timeouts.PanicMs = NumberOf("panic_ms", value!, TopologyProblemCode.Timeout);
                break;
            case "kernel_reboot_ms":
                node.Timeouts.KernelRebootMs = NumberOf("kernel_reboot_ms", value!, TopologyProblemCode.Timeout);
                break;
            default:
                break;
        }
    }

    private void Once(string? key, Said<string> word, string owner, HashSet<string> said, string often)
    {
        if (key is not null && !said.Add(key))
        {
            problems.Add(
                word.At,
                TopologyProblemCode.UnknownMember,
                $"{owner}: a second {key}=",
                $"{key}= {often}",
                "remove one of them"
            );
        }
    }

    private (string? Key, Said<string>? Value) KeyOf(Said<string> word, string[] known, string owner)
    {
        var equals = word.Value.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? word.Value : word.Value[..equals];
        if (equals > 0 && known.Contains(key))
        {
            return (key, new Said<string>(word.Value[(equals + 1)..], source.At(word.At.Offset + equals + 1)));
        }

        var guess = Spelling.Closest(key, known);
        problems.Add(
            word.At,
            TopologyProblemCode.UnknownMember,
            $"{owner}: {Spelling.Shown(word.Value)}",
            string.Join(", ", known.Select(one => one + "=...")),
            guess is null ? "remove it" : $"did you mean {guess}=?"
        );
        return default;
    }

    private void ReadCna(DraftNode node, Said<string> word)
    {
        var isNumber = uint.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        node.Cna =
            AddressReader.ReadCna(
                node.Owner,
                word with
                {
                    Value = isNumber ? word.Value : Spelling.Shown(word.Value),
                },
                isNumber ? value : null,
                problems,
                $"{AddressReader.CnaForm}; eids have colons, the rest is KEY=VALUE"
            ) ?? node.Cna;
    }

    private Said<int>? NumberOf(string name, Said<string> word, TopologyProblemCode code)
    {
        if (int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return new Said<int>(value, word.At);
        }

        problems.Add(
            word.At,
            code,
            $"{name} is {Spelling.Shown(word.Value)}",
            "a whole number",
            "write its digits only"
        );
        return null;
    }

    private Said<string>? SiteOf(string owner, string kind, Said<string> word)
    {
        if (SiteLabel.IsValid(word.Value))
        {
            return word;
        }

        problems.Add(
            word.At,
            TopologyProblemCode.SiteName,
            $"{owner}: {kind} {Spelling.Shown(word.Value)}",
            SiteLabel.Form,
            "write its name"
        );
        return null;
    }

    /// <summary>One part for each DIE; a part without a DIE would be dropped in silence, and is a mistake.</summary>
    private List<(int Die, Said<string> Part)> PartsOfDies(DraftNode node, string key, Said<string> word)
    {
        var parts = Parts(word).Index().ToList();
        if (parts.Count > node.Dies.Count)
        {
            problems.Add(
                parts[node.Dies.Count].Item.At,
                TopologyProblemCode.UnknownMember,
                $"{node.Owner}: {key}= has {parts.Count} parts for {node.Dies.Count} DIEs",
                "at most one part for each eid of the line",
                "remove what is too much, or write the eids that are missing"
            );
        }

        return parts[..Math.Min(parts.Count, node.Dies.Count)];
    }

    private IEnumerable<Said<string>> Parts(Said<string> word)
    {
        var at = word.At.Offset;
        foreach (var part in word.Value.Split(','))
        {
            yield return new Said<string>(part, source.At(at));
            at += part.Length + 1;
        }
    }

    private void AddAddresses(DraftNode node)
    {
        foreach (var (at, die) in node.Dies.Index().Where(die => die.Item is { Eid: not null, Grpc: null }))
        {
            die.IsGrpcDefault = grpcPattern is null;
            die.Grpc = grpcPattern is { } pattern
                ? GrpcPattern.Fill(pattern, node, at, problems)
                : GrpcPattern.Default(die, problems);
        }
    }
}
