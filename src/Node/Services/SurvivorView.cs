using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What a survivor says of itself, to and from the public services.</summary>
internal static class SurvivorView
{
    /// <summary>For operators.</summary>
    public static V1.Survivor Of(SurvivorState state, string name)
    {
        var view = new V1.Survivor
        {
            Node = (uint)state.Node.Value,
            NodeName = name,
            DiskHigh = (ulong)(state.Disk.Value >> 64),
            DiskLow = (ulong)state.Disk.Value,
            ClusterHigh = (ulong)(state.Cluster.Value >> 64),
            ClusterLow = (ulong)state.Cluster.Value,
            Epoch = (ulong)state.Epoch,
            EpochHeard = (ulong)state.EpochHeard,
            Term = (ulong)state.Term.Value,
            LastTerm = (ulong)state.LastTerm.Value,
            LastIndex = (ulong)state.LastIndex.Value,
            CommitIndex = (ulong)state.CommitIndex.Value,
            Out = state.IsRetired,
        };
        view.Voters.AddRange(
            state.Voters.Select(voter => new V1.Voter
            {
                Node = (uint)voter.Node.Value,
                DiskHigh = (ulong)(voter.Disk.Value >> 64),
                DiskLow = (ulong)voter.Disk.Value,
            })
        );
        view.Hears.AddRange(state.Hears.Select(node => (uint)node.Value));
        if (state.Master is { } master)
        {
            view.Master = (uint)master.Value;
        }

        return view;
    }

    /// <summary>As an operator brings it from another node.</summary>
    /// <exception cref="RpcException">No node says that.</exception>
    public static SurvivorState Read(V1.Survivor view)
    {
        if (!view.HasNode)
        {
            throw Wrong("a survivor without a node");
        }

        return new SurvivorState(
            Node(view.Node),
            new DiskId(new UInt128(view.DiskHigh, view.DiskLow)),
            new ClusterId(new UInt128(view.ClusterHigh, view.ClusterLow)),
            Number(view.Epoch),
            Number(view.EpochHeard),
            new Term(Number(view.Term)),
            new Term(Number(view.LastTerm)),
            new LogIndex(Number(view.LastIndex)),
            new LogIndex(Number(view.CommitIndex)),
            new([
                .. view.Voters.Select(voter => new Voter(
                    Node(voter.Node),
                    new DiskId(new UInt128(voter.DiskHigh, voter.DiskLow))
                )),
            ]),
            view.HasMaster ? Node(view.Master) : null,
            new([.. view.Hears.Select(Node)]),
            view.Out
        );
    }

    private static NodeId Node(uint value) =>
        value < Limits.NodeCountMax ? new NodeId((int)value) : throw Wrong($"there is no node {value}");

    // Terms are counted up from what is given here: far from the end of their range, and far beyond any election.
    private static long Number(ulong value) =>
        value <= long.MaxValue / 2 ? (long)value : throw Wrong($"{value} is too much");

    private static RpcException Wrong(string what) => new(new Status(StatusCode.InvalidArgument, what));
}
