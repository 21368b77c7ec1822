using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Sentry.Settings;

/// <summary>What an operator adds to what sysSentry was told.</summary>
public sealed record SettingsMapOptions
{
    /// <summary>The cluster's name.</summary>
    public string Cluster { get; init; } = "cluster";

    /// <summary>Names of the nodes in their order, over those that are found; empty: none given.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The first voters; empty: the default.</summary>
    public IReadOnlyList<Said<string>> Control { get; init; } = [];

    /// <summary>Where gRPC listens: host:port with <c>{name}</c>, <c>{id}</c>, <c>{die}</c>. Null: the eids, port 7400.</summary>
    public Said<string>? GrpcPattern { get; init; }

    /// <summary>True: only the settings are judged, and eids that gRPC cannot dial are no mistake in them.</summary>
    public bool IsOfUbOnly { get; init; }
}

/// <summary>Makes the draft of a map from what the nodes' sysSentry was told.</summary>
public static class SettingsMap
{
    /// <summary>The draft; the rules have not seen it yet.</summary>
    public static MapDraft Draft(IReadOnlyList<NodeSettings> settings, SettingsMapOptions options, ProblemList problems)
    {
        var told = settings.Where(node => node.IsTold).ToList();
        var start = told.Count > 0 ? told[0].At : new SourceText("nothing", default).At(0);
        var draft = new MapDraft(start) { Cluster = options.Cluster };
        foreach (var (id, node) in told.Index())
        {
            draft.Nodes.Add(NodeOf(id, node, options, problems));
        }

        if (told is [{ } only] && draft.Nodes[0].Dies.Count > 0)
        {
            AddPeers(draft, only, options, problems);
        }

        foreach (var node in draft.Nodes)
        {
            AddAddresses(node, options, problems);
        }

        draft.NodeCount = draft.Nodes.Count;
        draft.Control = options.Control is [var first, ..]
            ? new DraftControl(first.At, options.Control.Count, [.. options.Control])
            : null;
        HoistTimeouts(draft);
        return draft;
    }

    private static DraftNode NodeOf(int id, NodeSettings settings, SettingsMapOptions options, ProblemList problems)
    {
        var name = id < options.Names.Count ? options.Names[id] : settings.Name ?? NameOf(id);
        var node = new DraftNode($"node {Spelling.Shown(name)}", settings.At)
        {
            Id = new Said<int>(id, settings.At),
            Name = new Said<string>(name, settings.At),
            Cna = settings.Cna,
            DiesAt = settings.OwnEidsAt ?? settings.Lists?.FirstOrDefault()?.At,
        };
        CheckName(name, settings.At, problems);
        node.Timeouts.PanicMs = settings.Timeouts.PanicMs;
        node.Timeouts.KernelRebootMs = settings.Timeouts.KernelRebootMs;
        node.Peers = new DraftPeers
        {
            Jetty = settings.Jetty,
            Eids = settings.Lists,
            Cnas = settings.Cnas,
            HasBadCna = settings.HasCna && settings.Cna is null,
            HasBadCommand = settings.HasBadCommand,
        };

        // The first of each list is the own one: who gives the lists only has said his eids, too.
        var eids = settings.OwnEids ?? settings.Lists?.Select(list => list.Items.FirstOrDefault()).ToList() ?? [];
        if (eids.Count == 0 && !settings.HasBadCommand)
        {
            problems.Add(
                settings.At,
                TopologyProblemCode.EidMissing,
                $"{node.Owner} has no eid of its own",
                "1 or 2 eids",
                "give its line: sentryctl set sentry_remote_reporter --eid='...'"
            );
        }

        foreach (var (die, eid) in eids.Index())
        {
            node.Dies.Add(new DraftDie(node.Owner, die) { Eid = eid });
        }

        return node;
    }

    // One node's lists alone name all others, by their places: entry 3 of each list is one node.
    private static void AddPeers(MapDraft draft, NodeSettings only, SettingsMapOptions options, ProblemList problems)
    {
        var lists = only.Lists ?? [];
        var count = lists.Count == 0 ? 0 : lists.Max(list => list.Items.Count);
        if (count < 2)
        {
            return;
        }

        var cnas = only.Cnas?.Items.Where(cna => cna.Value != only.Cna?.Value).ToList() ?? [];
        var hasAll = cnas.Count == count - 1;
        var peers = FormattableString.Invariant($"{count - 1} node{(count == 2 ? " is" : "s are")}");
        var misfit = FormattableString.Invariant($"; its {cnas.Count} CNAs fit no {count - 1} nodes");
        problems.Add(
            lists[0].At,
            TopologyProblemCode.AssumedPeers,
            $"{peers} known from the lists of {draft.Nodes[0].Owner} only{(hasAll || cnas.Count == 0 ? "" : misfit)}",
            "the lines of every node",
            "compare names, eids and CNAs with the nodes, or give the lines of all"
        );
        var names = NamesOf(count, draft.Nodes[0].Name!.Value, options);
        for (var place = 1; place < count; place++)
        {
            var at = lists.First(list => place < list.Items.Count).Items[place].At;
            var name = names[place];
            CheckName(name, at, problems);
            var peer = new DraftNode($"node {Spelling.Shown(name)}", at)
            {
                Id = new Said<int>(place, at),
                Name = new Said<string>(name, at),
                Cna = hasAll ? cnas[place - 1] : null,
                DiesAt = at,
            };
            foreach (var (die, list) in lists.Index().Where(list => place < list.Item.Items.Count))
            {
                peer.Dies.Add(new DraftDie(peer.Owner, die) { Eid = list.Items[place] });
            }

            draft.Nodes.Add(peer);
        }
    }

    private static void AddAddresses(DraftNode node, SettingsMapOptions options, ProblemList problems)
    {
        foreach (var (at, die) in node.Dies.Index().Where(die => die.Item.Eid is not null))
        {
            if (options.GrpcPattern is { } pattern)
            {
                die.Grpc = GrpcPattern.Fill(pattern, node, at, problems);
            }
            else
            {
                die.IsGrpcDefault = true;
                die.Grpc =
                    options.IsOfUbOnly && !TopologyDie.TryGetGrpcDefault(die.Eid!.Value, out _)
                        ? GrpcPattern.Fill(new Said<string>("{name}-{die}:7400", die.Eid.At), node, at, problems)
                        : GrpcPattern.Default(die, problems);
            }
        }
    }

    // What all say alike is said once.
    private static void HoistTimeouts(MapDraft draft)
    {
        var told = draft.Nodes.Where(node => node.Peers is not null).ToList();
        if (
            told.Select(node => (node.Timeouts.PanicMs?.Value, node.Timeouts.KernelRebootMs?.Value)).Distinct().Count()
            != 1
        )
        {
            return;
        }

        draft.Timeouts.PanicMs = told[0].Timeouts.PanicMs;
        draft.Timeouts.KernelRebootMs = told[0].Timeouts.KernelRebootMs;
        foreach (var node in told)
        {
            node.Timeouts.PanicMs = null;
            node.Timeouts.KernelRebootMs = null;
        }
    }

    private static void CheckName(string name, Place at, ProblemList problems)
    {
        if (!DnsLabel.IsValid(name))
        {
            problems.Add(
                at,
                TopologyProblemCode.Name,
                $"node name {Spelling.Shown(name)} is not a DNS label",
                DnsLabel.Form,
                "name the nodes with --names"
            );
        }
    }

    // The node that speaks may be any of them: n02's own peers are n01, n03, ...
    private static List<string> NamesOf(int count, string own, SettingsMapOptions options)
    {
        var free = Enumerable.Range(0, count).Select(NameOf).Where(name => name != own).TakeLast(count - 1);
        return [.. free.Prepend(own).Select((name, place) => options.Names.ElementAtOrDefault(place) ?? name)];
    }

    private static string NameOf(int id) => string.Create(CultureInfo.InvariantCulture, $"n{id + 1:00}");
}
