using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>A cluster that loses a majority of its voters for ever, and what its operator does about it.</summary>
internal static class RecoveryStory
{
    public const ulong Nonce = 31;
    public static readonly Warrant Anna = new("anna", "the rack burned", 1_700_000_000_000);

    /// <summary>Five voters and two followers; the master and two more voters are gone for ever.</summary>
    public static (MiniCluster Cluster, int[] Lost, int[] Left) ThreeOfFiveLost(int nodes = 7)
    {
        var cluster = Joined(nodes);
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        Lose(cluster, lost);
        return (cluster, lost, [.. cluster.Running.Order()]);
    }

    public static void Lose(MiniCluster cluster, params int[] lost)
    {
        Array.ForEach(lost, node => cluster.Stop(node));
        cluster.Run(4);
    }

    public static EquatableArray<SurvivorState> Said(MiniCluster cluster, params int[] survivors) =>
        new([.. survivors.Select(node => cluster.Machines[node].Survivor(cluster.Now))]);

    public static EquatableArray<NodeId> Nodes(params int[] nodes) => new([.. nodes.Select(node => new NodeId(node))]);

    public static RecoveryPlan Plan(MiniCluster cluster, int[] survivors, int[] lost)
    {
        var (plan, problems) = RecoveryPlan.Draw(cluster.Topology, Said(cluster, survivors), Nodes(lost));
        problems.ShouldBeEmpty();
        return plan.ShouldNotBeNull();
    }

    public static string[] Problems(MiniCluster cluster, int[] survivors, int[] lost) =>
        [.. RecoveryPlan.Draw(cluster.Topology, Said(cluster, survivors), Nodes(lost)).Problems];

    public static void Order(
        MiniCluster cluster,
        int at,
        EquatableArray<SurvivorState> said,
        int[] lost,
        string confirmation,
        ulong nonce = Nonce
    ) => cluster.Give(at, new Input.RecoveryOrdered(nonce, new RecoveryOrder(said, Nodes(lost), confirmation, Anna)));

    public static string? Answer(MiniCluster cluster, ulong nonce = Nonce) =>
        cluster.Of<Effect.Granted>().FirstOrDefault(granted => granted.Nonce == nonce)?.Refusal;

    /// <summary>Both steps: look, and order what was shown.</summary>
    public static int Recover(MiniCluster cluster, int[] survivors, int[] lost, ulong nonce = Nonce)
    {
        var plan = Plan(cluster, survivors, lost);
        Order(cluster, plan.Chosen.Node.Value, Said(cluster, survivors), lost, plan.Confirmation, nonce);
        cluster.RunUntil(() => Answer(cluster, nonce) is not null, 5).ShouldBeTrue();
        Answer(cluster, nonce).ShouldBe("");
        return plan.Chosen.Node.Value;
    }

    public static void PanicIsAcked(MiniCluster cluster, int victim, int witness, ulong msgid = 7)
    {
        var before = cluster.Of<Effect.Release>(witness).Count();
        cluster.Give(witness, new Input.Raised(cluster.Panic(victim, witness, msgid), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Count() > before, 5).ShouldBeTrue();
    }

    public static int[] Masters(MiniCluster cluster) =>
        [.. cluster.Running.Where(node => cluster.Status(node).IsReady)];

    public static Fact.Retired[] Retired(MiniCluster cluster, int node) =>
        [.. cluster.Of<Effect.Note>(node).Select(note => note.Fact).OfType<Fact.Retired>()];

    /// <summary>The last entries are on the disks of those who are lost, and of one survivor.</summary>
    public static (MiniCluster Cluster, int[] Lost, int Newest, int Behind) OneSurvivorIsBehind()
    {
        var cluster = Joined();
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        var (newest, behind) = ((master + 3) % 5, (master + 4) % 5);
        foreach (var other in cluster.Running.Where(node => node != behind))
        {
            cluster.Cut(behind, other);
        }

        PanicIsAcked(cluster, behind, newest);
        Lose(cluster, lost);
        cluster.Heal();
        cluster.Run(2);
        return (cluster, lost, newest, behind);
    }
}
