namespace ClusterRas.Fabric;

/// <summary>One DIE of a node: its identity, and where it is reached over each transport.</summary>
/// <remarks>Over URMA it is reached by its eid itself, over UVB by its node's CNA.</remarks>
/// <param name="Die">Its place in the node.</param>
/// <param name="Eid">Unique in the cluster; never <see cref="Eid.None"/>.</param>
/// <param name="Grpc">Where its gRPC listens; unique in the cluster.</param>
public sealed record TopologyDie(Die Die, Eid Eid, HostPort Grpc)
{
    /// <summary>The port of gRPC where the file names no address.</summary>
    public const int GrpcPortDefault = 7400;

    /// <summary>What it is plugged into: a <see cref="SiteLabel"/>. Null: not said.</summary>
    public string? Switch { get; init; }

    /// <summary>The gRPC address of a DIE whose file entry names none: the eid itself, port 7400.</summary>
    /// <returns>False for an eid that is no address that can be dialled, e.g. multicast.</returns>
    public static bool TryGetGrpcDefault(Eid eid, out HostPort grpc) =>
        HostPort.TryParse($"[{eid}]:{GrpcPortDefault}", out grpc);
}
