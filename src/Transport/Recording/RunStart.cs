using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Recording;

/// <summary>All that a <see cref="NodeMachine"/> is made from, and by which program.</summary>
/// <param name="Version">Of the program; for people.</param>
/// <param name="CoreBuild">Names the build of the core: another one may decide otherwise.</param>
public sealed record RunStart(
    NodeIdentity Self,
    Topology Topology,
    ProtocolOptions Options,
    StoredState Stored,
    Instant Now,
    string Version,
    Guid CoreBuild
)
{
    /// <summary>The build of the core in this program.</summary>
    public static Guid ThisCore => typeof(NodeMachine).Module.ModuleVersionId;

    /// <summary>The machine at its start.</summary>
    public NodeMachine NewMachine() => new(Self with { Version = Version }, Topology, Options, Stored, Now);
}
