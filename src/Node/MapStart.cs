using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>This node cannot start with the map that it is given; the message says why and what to do.</summary>
internal sealed class MapException(string message) : Exception(message);

/// <summary>What a start makes of the file and of the ledger's map (docs/adr/0017-live-map.md).</summary>
internal static class MapStart
{
    /// <summary>Where to listen: by the map in force, unless the file is none that the ledger knows; it may be a newer one, with a new
    /// place for this very machine.</summary>
    /// <exception cref="MapException">The node may not listen where the ledger's map has it.</exception>
    public static ImmutableArray<HostPort> Listen(NodeOptions options, FileStanding standing, MapStatus map)
    {
        if (standing != FileStanding.Outdated)
        {
            return options.Listen;
        }

        var problems = new List<string>();
        var listen = options.Listening.For(map.Topology[options.Node.Id], problems);
        return problems.Count == 0
            ? listen
            : throw new MapException(
                $"map version {map.Version} of the ledger is newer than {options.TopologyPath}: {string.Join("; ", problems)}"
            );
    }

    /// <summary>Says in the log which map is in force, where that is not the file's.</summary>
    public static void Tell(ILogger log, NodeOptions options, FileStanding standing, MapStatus map)
    {
        var digest = map.Topology.Digest.ToString()[..12];
        if (standing == FileStanding.Outdated)
        {
            log.MapFileOutdated(options.TopologyPath, map.Version, digest);
        }
        else if (standing == FileStanding.Unknown)
        {
            log.MapFileUnknown(options.TopologyPath, map.Version, digest);
        }
        else if (standing == FileStanding.Removed)
        {
            log.MapHasUsNot(options.Node.Name, map.Version);
        }
        else if (standing == FileStanding.Leaving)
        {
            log.MapLeaving(options.Node.Name, map.Version);
        }
    }
}
