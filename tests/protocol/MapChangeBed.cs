using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>Asks for maps, and looks who runs with which.</summary>
public abstract class MapChangeBed
{
    private ulong nonces = 40;

    private protected static EntryPayload.MapChanged Wish(Topology parent, Topology next, string why = "more room") =>
        new(0, [parent.Digest.ToString()], TopologyFile.Write(next), [], new Warrant("anna", why, 1_700_000_000_000));

    private protected ulong Ask(MiniCluster cluster, int at, EntryPayload wish)
    {
        cluster.Give(at, new Input.Asked(++nonces, wish));
        return nonces;
    }

    private protected static string? Answer(MiniCluster cluster, ulong nonce) =>
        cluster.Of<Effect.Granted>().FirstOrDefault(granted => granted.Nonce == nonce)?.Refusal;

    private protected string Apply(MiniCluster cluster, int at, Topology parent, Topology next)
    {
        var asked = Ask(cluster, at, Wish(parent, next));
        cluster.RunUntil(() => Answer(cluster, asked) is not null, 8).ShouldBeTrue();
        return Answer(cluster, asked)!;
    }

    private protected static bool Run(MiniCluster cluster, Topology map, long version, params IEnumerable<int> nodes) =>
        nodes.All(node => cluster.Status(node).Map is var has && has.Topology.Equals(map) && has.Version == version);

    private protected static bool Follows(MiniCluster cluster, int node, int master) =>
        cluster.Status(node).Master == new NodeId(master)
        && cluster.Status(node).CommitIndex == cluster.Status(master).CommitIndex;

    private protected static IEnumerable<int> SeatsOf(MiniCluster cluster, int node) =>
        cluster.Status(node).Voters.Select(voter => voter.Node.Value).Order();
}
