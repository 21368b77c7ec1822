using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Tests;

/// <summary>A topology file of nodes n01, n02, ... at given addresses, gone when disposed.</summary>
internal sealed class Map : IDisposable
{
    private Map(string path, string digest)
    {
        Path = path;
        Digest = digest;
    }

    public string Path { get; }

    public string Digest { get; }

    public static Map Of(params HostPort[] addresses)
    {
        var nodes = addresses.Select(
            (address, at) => new TopologyNode(new NodeId(at), $"n{at + 1:00}", null, Dies(at, address))
        );
        var topology = Topology.Create("demo", [.. nodes]);
        var map = Of(TopologyFile.Write(topology));
        return new Map(map.Path, topology.Digest.ToString());
    }

    public static Map Of(string text)
    {
        var path = System.IO.Path.GetTempFileName();
        File.WriteAllText(path, text);
        return new Map(path, "");
    }

    /// <summary>Where nobody listens.</summary>
    public static HostPort Nobody(int number)
    {
        HostPort.TryParse($"127.0.0.{number}:1", out var address).ShouldBeTrue();
        return address;
    }

    public void Dispose() => File.Delete(Path);

    private static ImmutableArray<TopologyDie> Dies(int at, HostPort address)
    {
        Eid.TryParse($"fd00:0000:0000:0000:0000:0000:0000:{at + 1:x4}", out var eid).ShouldBeTrue();
        return [new TopologyDie(new Die(0), eid, address)];
    }
}
