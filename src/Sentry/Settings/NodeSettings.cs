using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Sentry.Settings;

/// <summary>What one node's sysSentry was told, as far as a map is concerned.</summary>
/// <param name="name">As its lines, file or folder call it; null: nothing does.</param>
/// <param name="at">Where its settings begin.</param>
public sealed class NodeSettings(string? name, Place at)
{
    /// <summary>As its lines, file or folder call it.</summary>
    public string? Name { get; internal set; } = name;

    /// <summary>Where its settings begin.</summary>
    public Place At { get; internal set; } = at;

    /// <summary>True: it was spoken of, if only by a command that was refused.</summary>
    public bool IsTold { get; internal set; }

    /// <summary>True: a command of it was refused.</summary>
    internal bool HasBadCommand { get; set; }

    /// <summary>Switches of the two ways to peers, as they were set.</summary>
    internal Dictionary<string, string> Ways { get; } = new(StringComparer.Ordinal);

    /// <summary>True: an own CNA was set, right or wrong.</summary>
    internal bool HasCna { get; set; }

    internal Said<Cna>? Cna { get; set; }

    /// <summary>Null in it: an eid that is none.</summary>
    internal List<Said<Eid>?>? OwnEids { get; set; }

    internal Place? OwnEidsAt { get; set; }

    internal DraftTimeouts Timeouts { get; } = new();

    internal List<DraftList<Eid>>? Lists { get; set; }

    internal Said<int>? Jetty { get; set; }

    internal DraftList<Cna>? Cnas { get; set; }
}
