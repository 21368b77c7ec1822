using System.Diagnostics;
using ClusterRas.Fabric;

namespace ClusterRas.Beds;

/// <summary>What all machines of one cluster share.</summary>
/// <param name="Home">The folder for everything that they write; goes when all is over.</param>
/// <param name="Rasd">The daemon's executable.</param>
/// <param name="Bed">What they stand on.</param>
public sealed record Site(string Home, string Rasd, Bed Bed)
{
    /// <summary>The one file that every rasd and rasctl reads.</summary>
    public string TopologyPath => Path.Combine(Home, "topology.json");

    /// <summary>Makes bed, map and machines; nothing runs yet.</summary>
    public async Task<(Topology Map, IReadOnlyList<Machine> Machines)> OpenAsync(
        string cluster,
        int nodeCount,
        CancellationToken stop
    )
    {
        await Bed.OpenAsync(nodeCount, stop);
        return await FurnishAsync(cluster, nodeCount, null, stop);
    }

    /// <summary>Makes map and machines on a bed that is open.</summary>
    /// <param name="tuning">Rhythms and limits. Null: the defaults.</param>
    public async Task<(Topology Map, IReadOnlyList<Machine> Machines)> FurnishAsync(
        string cluster,
        int nodeCount,
        Tuning? tuning,
        CancellationToken stop
    )
    {
        Directory.CreateDirectory(Path.Combine(Home, "tmp"));
        var map = BedMap.Create(cluster, nodeCount, Bed.GrpcOf, tuning);
        await File.WriteAllTextAsync(TopologyPath, TopologyFile.Write(map), stop);
        return (map, [.. map.Nodes.Select(node => new Machine(this, node))]);
    }

    /// <summary>Gives a program of ours an environment in which it leaves nothing behind.</summary>
    public void Prepare(ProcessStartInfo start)
    {
        // A killed process cannot remove its debugger's socket; so it has none, and other files go with our folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["TMPDIR"] = Path.Combine(Home, "tmp");
    }
}
