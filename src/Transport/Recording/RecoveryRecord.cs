using ClusterRas.Fabric;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>An operator's order to recover, with what each survivor said.</summary>
internal static class RecoveryRecord
{
    public static V1.RecordedRecovery Write(Input.RecoveryOrdered input)
    {
        var order = input.Order;
        var wire = new V1.RecordedRecovery
        {
            Nonce = input.Nonce,
            Confirmation = order.Confirmation,
            By = order.Warrant.By,
            Why = order.Warrant.Why,
            UnixMs = order.Warrant.UnixMs,
        };
        wire.Said.Add(order.Said.Select(Write));
        wire.Lost.Add(order.Lost.Select(node => (uint)node.Value));
        return wire;
    }

    public static Input.RecoveryOrdered Read(V1.RecordedRecovery wire, ref FieldCheck check)
    {
        var said = new List<SurvivorState>();
        foreach (var survivor in wire.Said)
        {
            said.Add(Read(survivor, ref check));
        }

        return new Input.RecoveryOrdered(
            wire.Nonce,
            new RecoveryOrder(
                [.. said],
                Nodes(wire.Lost, ref check),
                wire.Confirmation,
                new Warrant(wire.By, wire.Why, wire.UnixMs)
            )
        );
    }

    private static V1.RecordedSurvivor Write(SurvivorState said)
    {
        var wire = new V1.RecordedSurvivor
        {
            Node = (uint)said.Node.Value,
            DiskHigh = LogWriter.High(said.Disk.Value),
            DiskLow = LogWriter.Low(said.Disk.Value),
            ClusterHigh = LogWriter.High(said.Cluster.Value),
            ClusterLow = LogWriter.Low(said.Cluster.Value),
            Epoch = said.Epoch,
            EpochHeard = said.EpochHeard,
            Term = (ulong)said.Term.Value,
            LastTerm = (ulong)said.LastTerm.Value,
            LastIndex = (ulong)said.LastIndex.Value,
            CommitIndex = (ulong)said.CommitIndex.Value,
            IsRetired = said.IsRetired,
        };
        wire.Voters.Add(said.Voters.Select(LogWriter.Write));
        wire.Hears.Add(said.Hears.Select(node => (uint)node.Value));
        if (said.Master is { } master)
        {
            wire.Master = (uint)master.Value;
        }

        return wire;
    }

    private static SurvivorState Read(V1.RecordedSurvivor wire, ref FieldCheck check)
    {
        var voters = new List<Voter>();
        foreach (var voter in wire.Voters)
        {
            voters.Add(LogReader.Voter(voter, ref check));
        }

        return new SurvivorState(
            check.Node(wire.HasNode, wire.Node, "survivor"),
            LogReader.Disk(wire.DiskHigh, wire.DiskLow),
            LogReader.Cluster(wire.ClusterHigh, wire.ClusterLow),
            wire.Epoch,
            wire.EpochHeard,
            check.Term(wire.Term),
            check.Term(wire.LastTerm),
            check.Index(wire.LastIndex, "last index"),
            check.Index(wire.CommitIndex, "commit index"),
            [.. voters],
            wire.HasMaster ? check.Node(true, wire.Master, "master") : null,
            Nodes(wire.Hears, ref check),
            wire.IsRetired
        );
    }

    private static EquatableArray<NodeId> Nodes(IEnumerable<uint> wire, ref FieldCheck check)
    {
        var nodes = new List<NodeId>();
        foreach (var node in wire)
        {
            nodes.Add(check.Node(true, node, "node"));
        }

        return [.. nodes];
    }
}
