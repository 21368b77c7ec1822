using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;
using static ClusterRas.Fabric.TopologyProblemCode;

namespace ClusterRas.Sentry.Tests.Settings;

/// <summary>Plants one mistake in the lines of a valid cluster: at least 4 nodes, all lists there.</summary>
/// <param name="Code">What must be told, and nothing else.</param>
/// <param name="Plant">False: this cluster has no place for it.</param>
internal sealed record ScriptMutator(TopologyProblemCode Code, Func<List<NodeModel>, Dice, bool> Plant)
{
    public static IReadOnlyList<ScriptMutator> All { get; } =
    [
        new(
            LocalEidFirst,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    (list[0], list[^1]) = (list[^1], list[0]);
                })
        ),
        new(
            LocalEidFirst,
            (nodes, dice) =>
                Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Eids[0] = Stranger(node.Eids[0]);
                })
        ),
        new(
            EidCase,
            (nodes, dice) =>
            {
                var node = Any(nodes, dice);
                node.Eids[0] = node.Eids[0].ToUpperInvariant();
                return node.Eids[0].Any(char.IsAsciiLetter);
            }
        ),
        new(DieOrder, (nodes, dice) => HasTwoDies(nodes) && Do(() => Any(nodes, dice).Eids.Reverse())),
        new(DieOrder, (nodes, dice) => HasTwoDies(nodes) && Do(() => Any(nodes, dice).Lists.Reverse())),
        new(
            DieOrder,
            (nodes, dice) =>
                HasTwoDies(nodes)
                && Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Eids.Reverse();
                    node.Lists.Reverse();
                })
        ),
        new(DieOrder, PeerOfOtherDie),
        new(
            DieOrder,
            (nodes, dice) =>
                HasTwoDies(nodes)
                && Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Lists[0].Add(node.Eids[1]);
                })
        ),
        new(
            ListLength,
            (nodes, dice) =>
                Do(() => ListOf(nodes, dice).AddRange(Enumerable.Range(1, 32).Select(n => $"{new Eid(1, (ulong)n)}")))
        ),
        new(
            UnknownPeer,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list[^1] = Stranger(list[^1]);
                })
        ),
        new(
            UnknownPeer,
            (nodes, dice) =>
                Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Cnas[^1] = "16777214";
                })
        ),
        new(UnknownPeer, (nodes, dice) => Do(() => Any(nodes, dice).Cna = "16777213")),
        new(UnknownPeer, (nodes, dice) => Do(() => ListOf(nodes, dice).Add($"{new Eid(1, 2)}"))),
        new(
            OneWay,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list.RemoveAt(list.Count - 1);
                })
        ),
        new(OneWay, (nodes, dice) => Do(() => Any(nodes, dice).Cnas.RemoveAt(0))),
        new(OneWay, (nodes, dice) => HasTwoDies(nodes) && Do(() => Any(nodes, dice).Lists.RemoveAt(1))),
        new(
            MeshGap,
            (nodes, dice) =>
                Do(() =>
                {
                    nodes[0].Lists[0].Remove(nodes[1].Eids[0]);
                    nodes[1].Lists[0].Remove(nodes[0].Eids[0]);
                })
        ),
        new(
            MeshGap,
            (nodes, dice) =>
                Do(() =>
                {
                    nodes[0].Cnas.Remove(nodes[1].Cna!);
                    nodes[1].Cnas.Remove(nodes[0].Cna!);
                })
        ),
        new(
            JettyDiffers,
            (nodes, dice) =>
                Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Jetty = node.Jetty == "7" ? "8" : "7";
                })
        ),
        new(JettyRange, (nodes, dice) => Do(() => Any(nodes, dice).Jetty = dice.Below(2) == 0 ? "2" : "1024")),
        new(JettyRange, (nodes, dice) => Do(() => Any(nodes, dice).Jetty = "many")),
        new(
            EidTaken,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list.Add(list[1]);
                })
        ),
        new(
            EidTaken,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list.Add(list[0]);
                })
        ),
        new(
            CnaTaken,
            (nodes, dice) =>
                Do(() =>
                {
                    var cnas = Any(nodes, dice).Cnas;
                    cnas.Add(cnas[0]);
                })
        ),
        new(CnaMissing, (nodes, dice) => Do(() => Any(nodes, dice).Cna = null)),
        new(
            OwnCna,
            (nodes, dice) =>
                Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Cnas.Add(node.Cna!);
                })
        ),
        new(CnaBroadcast, (nodes, dice) => Do(() => Any(nodes, dice).Cna = "16777215")),
        new(
            CnaBroadcast,
            (nodes, dice) =>
                Do(() =>
                {
                    var cnas = Any(nodes, dice).Cnas;
                    cnas[dice.Below(cnas.Count)] = "16777215";
                })
        ),
        new(CnaRange, (nodes, dice) => Do(() => Any(nodes, dice).Cna = "16777216")),
        new(CnaRange, (nodes, dice) => Do(() => Any(nodes, dice).Cna = "0x10")),
        new(
            EidForm,
            (nodes, dice) =>
                Do(() =>
                {
                    var node = Any(nodes, dice);
                    node.Eids[^1] = node.Eids[^1][..38];
                })
        ),
        new(
            EidForm,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list[dice.Below(list.Count)] = "::1";
                })
        ),
        new(
            EidForm,
            (nodes, dice) =>
                Do(() =>
                {
                    var list = ListOf(nodes, dice);
                    list[1] = " " + list[1];
                })
        ),
        new(EidUnset, (nodes, dice) => Do(() => Any(nodes, dice).Eids[0] = $"{Eid.None}")),
        new(
            Setting,
            (nodes, dice) => Do(() => Any(nodes, dice).More = "sentryctl set sentry_remote_reporter --panic=ON")
        ),
        new(
            Setting,
            (nodes, dice) =>
                Do(() =>
                {
                    var cnas = Any(nodes, dice).Cnas;
                    cnas[0] += " ";
                })
        ),
        new(Setting, (nodes, dice) => Do(() => Any(nodes, dice).Cnas.Add(""))),
        new(TopologyProblemCode.Command, (nodes, dice) => Do(() => Any(nodes, dice).CnaOption = "--sever_cna")),
        new(
            TopologyProblemCode.Command,
            (nodes, dice) => Do(() => Any(nodes, dice).More = "sentryctl set sentry_urma --heartbeat=on")
        ),
        new(
            TopologyProblemCode.Command,
            (nodes, dice) => Do(() => Any(nodes, dice).More = "sentryctl set sentry_urma_comm --client_jetty_id=5")
        ),
        new(TopologyProblemCode.Timeout, (nodes, dice) => Do(() => Any(nodes, dice).PanicMs = "3600001")),
        new(TopologyProblemCode.Timeout, (nodes, dice) => Do(() => Any(nodes, dice).PanicMs = "35s")),
        new(WindowNeverSent, (nodes, dice) => Do(() => Any(nodes, dice).PanicMs = "999")),
        new(WindowFraction, (nodes, dice) => Do(() => Any(nodes, dice).PanicMs = "35001")),
        new(AssumedPeers, (nodes, dice) => Do(() => nodes.RemoveRange(1, nodes.Count - 1))),
        new(WindowTooShort, (nodes, dice) => Do(() => Any(nodes, dice).PanicMs = "1000")),
    ];

    private static NodeModel Any(List<NodeModel> nodes, Dice dice) => nodes[dice.Below(nodes.Count)];

    private static List<string> ListOf(List<NodeModel> nodes, Dice dice)
    {
        var lists = Any(nodes, dice).Lists;
        return lists[dice.Below(lists.Count)];
    }

    private static bool HasTwoDies(List<NodeModel> nodes) => nodes[0].Eids.Count == 2;

    private static bool PeerOfOtherDie(List<NodeModel> nodes, Dice dice)
    {
        if (!HasTwoDies(nodes))
        {
            return false;
        }

        var at = dice.Below(nodes.Count);
        var peer = nodes[(at + 1) % nodes.Count];
        var list = nodes[at].Lists[0];
        list[list.IndexOf(peer.Eids[0])] = peer.Eids[1];
        return true;
    }

    // An eid of a map may begin with any digits, so no fixed ones make another eid of it.
    private static string Stranger(string eid) =>
        (eid.StartsWith("1234", StringComparison.Ordinal) ? "4321" : "1234") + eid[4..];

    private static bool Do(Action plant)
    {
        plant();
        return true;
    }
}
