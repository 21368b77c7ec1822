using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>How far the wall clocks of the cluster are apart. They decide nothing; people read times by them.</summary>
public static class ClockPicture
{
    /// <summary>Less than this is told by nobody: heartbeats on a busy machine are under way for as long.</summary>
    private const long ToldFromMs = 2000;

    private const long SecondMs = 1000;

    /// <summary>By how much the serving node's clock is ahead of the master's, in whole seconds as ms; 0: they agree. Null: nobody says.</summary>
    /// <param name="aheadOfMs">By how much the serving node's clock is ahead of a peer's; null: it has not said.</param>
    public static long? AheadOfMasterMs(NodeStatus status, Func<NodeId, long?>? aheadOfMs) =>
        status.Master is { } master && aheadOfMs?.Invoke(master) is { } ahead ? Told(ahead) : null;

    /// <summary>Whose clock differs from the master's, and by how much; empty: nobody's, or nobody says.</summary>
    /// <param name="aheadOfMs">By how much the serving node's clock is ahead of a peer's; null: it has not said.</param>
    public static string Differences(NodeStatus status, Func<NodeId, long?>? aheadOfMs)
    {
        if (status.Master is not { } master || aheadOfMs?.Invoke(master) is not { } aheadOfMaster)
        {
            return "";
        }

        var others = new List<string>();
        foreach (var node in status.Map.Topology.Nodes)
        {
            if (
                node.Id != master
                && ClusterPicture.IsHeard(status, node.Id)
                && aheadOfMs(node.Id) is { } aheadOfNode
                && Told(aheadOfMaster - aheadOfNode) is not 0 and var ahead
            )
            {
                others.Add($"{status.Of(node.Id)} {Words(ahead)}");
            }
        }

        return others.Count == 0
            ? ""
            : $"Clocks differ from that of {status.Of(master)}, the master, by which times are shown: {string.Join(", ", others)}";
    }

    private static long Told(long ms) =>
        Math.Abs(ms) < ToldFromMs
            ? 0
            : (long)Math.Round(ms / (double)SecondMs, MidpointRounding.AwayFromZero) * SecondMs;

    private static string Words(long aheadMs)
    {
        var apart = TimeSpan.FromMilliseconds(Math.Abs(aheadMs));
        var text =
            apart.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{apart.TotalHours:0.#} h")
            : apart.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{apart.TotalMinutes:0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{apart.TotalSeconds:0} s");
        return $"{text} {(aheadMs > 0 ? "ahead" : "behind")}";
    }
}
