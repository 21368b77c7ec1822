using System.Text;
using ClusterRas.Ctl.Asking;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Maps;

/// <summary>The map with which a node runs, asked of it.</summary>
internal static class LiveMap
{
    /// <summary>The map and its version.</summary>
    /// <exception cref="RefusedException">The node does not say it, or in a form that this version cannot read.</exception>
    public static async Task<(Topology Map, ulong Version)> OfAsync(ReachedNode asked, CancellationToken stop)
    {
        var reply = await asked
            .CallAsync(
                (client, options) => client.GetTopologyAsync(new GetTopologyRequest(), options),
                TimeSpan.Zero,
                "who is there, and of which version: rasctl status",
                stop
            )
            .ConfigureAwait(false);
        var options = new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax };
        return TopologyFile.Read(Encoding.UTF8.GetBytes(reply.Text), asked.Name, options) switch
        {
            TopologyReading.Accepted accepted => (accepted.Topology, reply.MapVersion),
            TopologyReading.Refused refused => throw RefusedException.No(
                $"{asked.Title} has a map that this rasctl cannot read: {refused.Problems[0]}\n  use the rasctl of its version"
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
