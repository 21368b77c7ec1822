using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>The pages that are about the cluster as a whole, made of one node's status and nothing else.</summary>
public static class ClusterPicture
{
    /// <summary>The newest incidents, which every page is told; it asks for older ones.</summary>
    public const int IncidentsMax = 2000;

    /// <summary>Older incidents in one answer.</summary>
    public const int OlderMax = 500;

    /// <summary>A node that came back is called so until this long after.</summary>
    private static readonly TimeSpan RejoinedFor = TimeSpan.FromMinutes(10);

    /// <summary>Is the cluster whole.</summary>
    /// <param name="version">Of the serving program.</param>
    /// <param name="aheadOfMs">By how much the serving node's clock is ahead of a peer's; null: it has not said.</param>
    public static OverviewView Overview(NodeStatus status, string version, Func<NodeId, long?>? aheadOfMs = null)
    {
        var map = status.Map.Topology;
        var members = map.Nodes.Select((node, at) => Member(status, node, at)).ToList();
        var quorum = Quorum(status);
        return new OverviewView(
            map.Cluster,
            status.Cluster.IsNone ? "" : status.Cluster.Value.ToString("x32", CultureInfo.InvariantCulture),
            status.Of(status.Node),
            version,
            OtherVersions(status, version),
            ClockPicture.Differences(status, aheadOfMs),
            status.Master is { } master ? status.Of(master) : null,
            status.Term.Value,
            status.Role.ToString().ToLowerInvariant(),
            status.CommitIndex.Value,
            Headline(status, members, quorum),
            quorum,
            members,
            [
                .. status.Book.Handlers.Values.Select(known => new HandlerView(
                    known.Handler.Name,
                    [.. known.Handler.Kinds.Select(Names.Of)],
                    (long)known.Handler.Deadline.TotalMilliseconds,
                    known.Handler.Required,
                    known.Handler.Idempotent
                )),
            ],
            status.Outbox,
            status.StorageStalled,
            status.Out,
            status.Book.Open.Values.Sum(open => open.Count),
            Shown(status).Count(),
            status.Book.Incidents.Count,
            Addresses(status)
        );
    }

    /// <summary>The incidents that a page is told, oldest first: all open ones, and the newest that are closed.</summary>
    public static IEnumerable<Incident> Shown(NodeStatus status)
    {
        var all = status.Book.Incidents;
        var cut = all.Count - IncidentsMax;
        return cut <= 0 ? all.Values : all.Values.Where((incident, at) => at >= cut || incident.IsOpen);
    }

    /// <summary>The next closed ones before an incident, oldest first; open ones are told anyway.</summary>
    public static IReadOnlyList<Incident> Older(NodeStatus status, long before) =>
        [
            .. status
                .Book.Incidents.Values.Where(incident => !incident.IsOpen && incident.Id.Index.Value < before)
                .TakeLast(OlderMax),
        ];

    /// <summary>The map.</summary>
    public static TopologyView Topology(NodeStatus status)
    {
        var map = status.Map.Topology;
        return new TopologyView(
            map.Cluster,
            map.Digest.ToString(),
            status.Map.Version,
            Names.Of(status.File),
            [
                .. map.Nodes.Select(node => new MapNode(
                    node.Id.Value,
                    node.Name,
                    node.Rack,
                    map.IsControl(node.Id),
                    node.Cna?.Value.ToString(CultureInfo.InvariantCulture),
                    [
                        .. node.Dies.Select(die => new MapDie(
                            die.Die.Value,
                            die.Eid.ToString(),
                            die.Grpc.ToString(),
                            die.Switch
                        )),
                    ],
                    Difference(status, node)
                )),
            ],
            [.. status.Map.Former.Select(former => former.Name)]
        );
    }

    /// <summary>How old all this is.</summary>
    /// <param name="aheadOfMs">By how much the serving node's clock is ahead of a peer's; null: it has not said.</param>
    public static AgeView Age(NodeStatus status, long nowUnixMs, Func<NodeId, long?>? aheadOfMs = null) =>
        new(
            status.Of(status.Node),
            nowUnixMs,
            status.Master is { } master ? status.Of(master) : null,
            status.MasterHeardAgo is { } ago ? (long)ago.TotalMilliseconds : null,
            ClockPicture.AheadOfMasterMs(status, aheadOfMs)
        );

    /// <summary>How the control group stands.</summary>
    public static QuorumView Quorum(NodeStatus status)
    {
        var voters = status.Voters.Count;
        var live = status.Voters.Count(voter => IsLive(status, voter.Node));
        var majority = (voters / 2) + 1;
        var canLose = voters == 0 ? 0 : live - majority;
        var words =
            voters == 0 ? "no control group is known"
            : canLose < 0 ? string.Create(CultureInfo.InvariantCulture, $"{-canLose} voters too few: nobody can ack")
            : canLose == 0 ? "can lose no more voter"
            : string.Create(CultureInfo.InvariantCulture, $"can lose {canLose} more");
        return new QuorumView(voters, live, majority, canLose, words);
    }

    private static bool IsLive(NodeStatus status, NodeId node)
    {
        var at = IndexOf(status, node);
        return at >= 0
            && status.Health[at] is NodeHealth.Up or NodeHealth.Degraded
            && status.Book.OpenFatal(node) is null;
    }

    private static int IndexOf(NodeStatus status, NodeId node)
    {
        var nodes = status.Map.Topology.Nodes;
        for (var at = 0; at < nodes.Length; at++)
        {
            if (nodes[at].Id == node)
            {
                return at;
            }
        }

        return -1;
    }

    private static MemberView Member(NodeStatus status, TopologyNode node, int at)
    {
        var (state, level) = State(status, node.Id, status.Health[at]);
        var silentAfter = TunedProtocol.Of(status.Map.Topology.Tuning).RailSilentAfter;
        return new MemberView(
            node.Id.Value,
            node.Name,
            state,
            level,
            status.Voters.Any(voter => voter.Node == node.Id),
            status.Master == node.Id,
            status.Node == node.Id,
            status.Book.Lives.TryGetValue(node.Id, out var lives) ? lives.Current.Tag : 0,
            status.Book.OpenFatal(node.Id)?.Id.Index.Value,
            MapVersionOf(status, node.Id),
            [
                .. node.Dies.Select(die =>
                    node.Id == status.Node
                        ? "itself"
                        : Rail(status.Links.Where(link => link.Link.Peer == node.Id && link.Link.Die == die.Die))
                ),
            ]
        );

        string Rail(IEnumerable<LinkStatus> roads)
        {
            var best = "never";
            foreach (var road in roads)
            {
                if (road.HeardAgo is { } ago)
                {
                    if (ago <= silentAfter)
                    {
                        return "heard";
                    }

                    best = "not heard";
                }
                else if (road.IsRefused && best == "never")
                {
                    best = "refused";
                }
            }

            return best;
        }
    }

    private static (string, Level) State(NodeStatus status, NodeId node, NodeHealth health)
    {
        if (status.Book.OpenFatal(node) is { } open)
        {
            return open.IsTold ? ("told", Level.Bad) : ("silent", Level.Bad);
        }

        if (status.Book.Group.IsStopping(node))
        {
            return ("stopping", Level.Weak);
        }

        return health switch
        {
            NodeHealth.Up when HasRejoined(status, node) => ("rejoined", Level.Good),
            NodeHealth.Up => ("up", Level.Good),
            NodeHealth.Degraded => ("degraded", Level.Weak),
            NodeHealth.AgentDown => ("agent down", Level.Bad),
            NodeHealth.Unheard => ("unheard", Level.Bad),
            _ => ("unknown", Level.Unknown),
        };
    }

    private static bool HasRejoined(NodeStatus status, NodeId node)
    {
        if (
            !status.Book.Lives.TryGetValue(node, out var lives)
            || lives.Previous is null
            || status.At - lives.JoinedAt > RejoinedFor
        )
        {
            return false;
        }

        foreach (var incident in status.Book.Incidents.Values)
        {
            if (
                incident.Victim == node
                && incident.Closed == CloseReason.Rebooted
                && incident.ClosedAt == lives.CurrentIndex
            )
            {
                return true;
            }
        }

        return false;
    }

    private static Headline Headline(NodeStatus status, List<MemberView> members, QuorumView quorum)
    {
        if (status.Out is { } reason)
        {
            return new Headline(Level.Bad, $"{status.Of(status.Node)} takes part no more: {reason}");
        }

        if (status.StorageStalled is { } trouble)
        {
            return new Headline(Level.Bad, $"The disk of {status.Of(status.Node)} takes no writes: {trouble}");
        }

        if (status.Master is null)
        {
            return new Headline(Level.Bad, "No master is known here: what happens now is kept, and nobody can ack it.");
        }

        if (quorum.CanLose < 0)
        {
            return new Headline(Level.Bad, $"No majority: {quorum.Words}.");
        }

        var dead = members.Where(member => member.State is "told" or "silent").ToList();
        if (dead.Count > 0)
        {
            var told = dead.Where(member => member.State == "told").Select(member => member.Name).ToList();
            var silent = dead.Where(member => member.State == "silent").Select(member => member.Name).ToList();
            var parts = new List<string>();
            if (told.Count > 0)
            {
                parts.Add($"the end of {List(told)} was told");
            }

            if (silent.Count > 0)
            {
                parts.Add($"{List(silent)} fell silent");
            }

            var others = Unreachable(status, members) is { } unreachable ? $" {unreachable}" : "";
            return new Headline(
                Level.Bad,
                Sentence(string.Join(", and ", parts)) + $".{others} The cluster {quorum.Words}."
            );
        }

        if (Unreachable(status, members) is { } bad)
        {
            return new Headline(Level.Bad, bad);
        }

        var weak = members.Where(member => member.Level == Level.Weak).Select(member => member.Name).ToList();
        var unknown = members.Count(member => member.Level == Level.Unknown);
        if (weak.Count > 0 || unknown > 0 || quorum.CanLose == 0)
        {
            var parts = new List<string>();
            if (weak.Count > 0)
            {
                parts.Add($"{List(weak)} {(weak.Count == 1 ? "is" : "are")} not heard on every rail, or about to stop");
            }

            if (unknown > 0)
            {
                parts.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{unknown} {(unknown == 1 ? "node was" : "nodes were")} never heard here"
                    )
                );
            }

            if (quorum.CanLose == 0)
            {
                parts.Add("the cluster can lose no more voter");
            }

            return new Headline(Level.Weak, Sentence(string.Join("; ", parts)) + ".");
        }

        return new Headline(
            Level.Good,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The cluster is whole: all {members.Count} nodes are heard on every rail."
            )
        );
    }

    /// <summary>Who is not known to be dead, and is not there either; null: nobody.</summary>
    private static string? Unreachable(NodeStatus status, List<MemberView> members)
    {
        var silent = members.Where(member => member.State == "unheard").Select(member => member.Name).ToList();
        var stopped = members.Where(member => member.State == "agent down").Select(member => member.Name).ToList();
        var parts = new List<string>();
        if (stopped.Count > 0)
        {
            parts.Add($"rasd does not run on {List(stopped)}.");
        }

        if (silent.Count > 0)
        {
            parts.Add($"{List(silent)} cannot be heard from {status.Of(status.Node)}.");
        }

        return parts.Count > 0 ? string.Join(" ", parts) : null;
    }

    /// <summary>Consoles are served where links are: the serving node's addresses first, then the others in order of the map.</summary>
    private static List<string> Addresses(NodeStatus status)
    {
        var addresses = new List<string>();
        foreach (var node in status.Map.Topology.Nodes.OrderBy(node => node.Id != status.Node))
        {
            addresses.AddRange(node.Dies.Select(die => $"http://{die.Grpc}"));
        }

        return addresses;
    }

    private static long MapVersionOf(NodeStatus status, NodeId node)
    {
        if (node == status.Node)
        {
            return status.Map.Version;
        }

        foreach (var heard in status.Map.Peers)
        {
            if (heard.Node == node)
            {
                return heard.Version;
            }
        }

        return -1;
    }

    private static string OtherVersions(NodeStatus status, string version)
    {
        var others = status
            .Programs.Where(program => program.Version != version && IsHeard(status, program.Node))
            .GroupBy(program => program.Version)
            .Select(same =>
                $"{List([.. same.Select(program => status.Of(program.Node))])} with "
                + (same.Key.Length > 0 ? same.Key : "one that is too old to tell")
            )
            .ToList();
        return others.Count == 0
            ? ""
            : $"Not all nodes run the same rasd: {string.Join("; ", others)}; {status.Of(status.Node)}, which serves this page, with {version}";
    }

    /// <summary>This node hears it, on one rail at least.</summary>
    internal static bool IsHeard(NodeStatus status, NodeId node) =>
        IndexOf(status, node) is >= 0 and var at && status.Health[at] is NodeHealth.Up or NodeHealth.Degraded;

    private static string Difference(NodeStatus status, TopologyNode node)
    {
        var version = MapVersionOf(status, node.Id);
        return version < 0 ? "not heard yet"
            : version == status.Map.Version ? ""
            : string.Create(CultureInfo.InvariantCulture, $"runs with map version {version}");
    }

    private static string List(List<string> names) =>
        names.Count switch
        {
            1 => names[0],
            <= 4 => $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more"
            ),
        };

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
