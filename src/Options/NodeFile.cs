using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>What the file of one <c>rasd</c> says, each value with its place. Null or empty: it says nothing.</summary>
public sealed record NodeFile
{
    /// <summary>The format's version.</summary>
    public const int FormatVersion = 1;

    /// <summary>Where it is looked for where the command line names none.</summary>
    public const string PathDefault = "/etc/clusterras/rasd.json";

    /// <summary>The map's path.</summary>
    public Said<string>? Topology { get; init; }

    /// <summary>Which node this is: a DNS label.</summary>
    public Said<string>? Node { get; init; }

    /// <summary>Folder of the ledger.</summary>
    public Said<string>? Data { get; init; }

    /// <summary>Devices or FIFOs, each once.</summary>
    public ImmutableArray<Said<string>> Devices { get; init; } = [];

    /// <summary>Kinds to raise, words of <see cref="NodeOption.EventWords"/>; null: it says nothing.</summary>
    public ImmutableArray<Said<string>>? Events { get; init; }

    /// <summary>Where to listen, by DIE, each once.</summary>
    public ImmutableArray<ListenSetting> Listen { get; init; } = [];

    /// <summary>Programs that are started for events, each name once.</summary>
    public ImmutableArray<HandlerSetting> Handlers { get; init; } = [];

    /// <summary>File with the channels that people are told by.</summary>
    public Said<string>? Notifications { get; init; }

    /// <summary>File with this boot's id.</summary>
    public Said<string>? BootIdFile { get; init; }

    /// <summary>New file for a recording.</summary>
    public Said<string>? Record { get; init; }

    /// <summary>True: addresses that are not loopback are taken without TLS.</summary>
    public Said<bool>? Insecure { get; init; }

    /// <summary>True: what is ordinary is logged, too.</summary>
    public Said<bool>? Verbose { get; init; }
}

/// <summary>Where one DIE listens.</summary>
/// <param name="Die">0 or 1.</param>
/// <param name="Address">An address of this machine.</param>
public sealed record ListenSetting(Said<int> Die, Said<HostPort> Address);

/// <summary>A program that is started for events.</summary>
/// <param name="Name">A DNS label.</param>
/// <param name="Events">Words of <see cref="NodeOption.EventWords"/>, at least one.</param>
/// <param name="DeadlineMs">1 to 3,600,000.</param>
/// <param name="IsRequired">True: the ack waits for it.</param>
/// <param name="IsIdempotent">True: it may be started again for one incident.</param>
/// <param name="NeedsSilence">True: it is started only when the victim is silent.</param>
/// <param name="Command">The program and its arguments; no shell.</param>
public sealed record HandlerSetting(
    Said<string> Name,
    ImmutableArray<string> Events,
    Said<int> DeadlineMs,
    bool IsRequired,
    bool IsIdempotent,
    bool NeedsSilence,
    ImmutableArray<Said<string>> Command
);
