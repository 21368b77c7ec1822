using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Master.Notifications;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>What one <c>rasd</c> is told at its start; checked, with every mistake at once, by <see cref="NodeOptionsReader"/>.</summary>
internal sealed record NodeOptions
{
    /// <summary>The map; the same on every node.</summary>
    public required Topology Topology { get; init; }

    /// <summary>What the rules of maps have to say about it all the same: told at the start, and no reason not to.</summary>
    public ImmutableArray<TopologyProblem> TopologyWarnings { get; init; } = [];

    /// <summary>Where the map was read from, for messages.</summary>
    public required string TopologyPath { get; init; }

    /// <summary>This node.</summary>
    public required TopologyNode Node { get; init; }

    /// <summary>Folder of the ledger; made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where to listen by the file, per DIE: its address unless overridden.</summary>
    public required ImmutableArray<HostPort> Listen { get; init; }

    /// <summary>Where to listen by another map: the ledger's may be newer than the file.</summary>
    public required ListenPlan Listening { get; init; }

    /// <summary>Devices or FIFOs that give kernel records.</summary>
    public ImmutableArray<string> Devices { get; init; } = [];

    /// <summary>Kinds that are raised; all others are counted and dropped. None by default, as in sysSentry.</summary>
    public ImmutableHashSet<EventKind> EventsOn { get; init; } = [];

    /// <summary>Programs that react to events on this node.</summary>
    public ImmutableArray<ExecutableHandlerOptions> Handlers { get; init; } = [];

    /// <summary>By which people are told of incidents, while this node is master.</summary>
    public ImmutableArray<ChannelOptions> Channels { get; init; } = [];

    /// <summary>This boot.</summary>
    public required BootId Boot { get; init; }

    /// <summary>True: what is ordinary is logged, too.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>New file that receives what the core was given and decided; null: none.</summary>
    public string? RecordPath { get; init; }

    /// <summary>Wires that may carry links, best first; gRPC is the last of them.</summary>
    public ImmutableArray<TransportKind> Wires { get; init; } = [TransportKind.Grpc];

    /// <summary>The file of liburma; null: as distributions install it.</summary>
    public string? UrmaLibrary { get; init; }

    /// <summary>The file of libcras_uvb; null: where the loader looks.</summary>
    public string? UvbLibrary { get; init; }

    /// <summary>Rhythms and limits.</summary>
    public ProtocolOptions Protocol { get; init; } = new();
}

/// <summary>A program that is started for events.</summary>
/// <param name="Declaration">What the ledger is to know of it.</param>
/// <param name="Command">The program and its arguments; no shell.</param>
internal sealed record ExecutableHandlerOptions(HandlerDeclaration Declaration, ImmutableArray<string> Command);

/// <summary>A channel that people are told by: a webhook or a program.</summary>
/// <param name="Kinds">Incidents of these kinds.</param>
/// <param name="TellsEnd">Also when they are over.</param>
/// <param name="Webhook">Null: a program.</param>
/// <param name="Command">The program and its arguments; no shell. Empty: a webhook.</param>
/// <param name="Timeout">Of one try.</param>
internal sealed record ChannelOptions(
    string Name,
    ImmutableHashSet<EventKind> Kinds,
    bool TellsEnd,
    WebhookOptions? Webhook,
    ImmutableArray<string> Command,
    TimeSpan Timeout
);
