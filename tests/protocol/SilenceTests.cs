using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Who may be called silent, and on whose word (protocol.md 10).</summary>
public class SilenceTests
{
    [Fact]
    public void Silence_WitnessHasJustStarted_WaitsUntilItHasListened()
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var master = cluster.Master;
        var (witness, victim) = ((master + 1) % 3, (master + 2) % 3);
        cluster.Cut(master, victim);
        cluster.Run(3);

        // Its new process has heard nobody yet, which says nothing of them.
        cluster.Stop(witness, LinkLoss.Closed);
        cluster.Cut(witness, victim);
        cluster.Start(witness);
        var since = cluster.Now;
        cluster
            .RunUntil(() => cluster.Status(master).Book.Incidents.Values.Any(one => one.Kind == EventKind.Silent))
            .ShouldBeTrue();

        (cluster.Now - since).ShouldBeGreaterThan(cluster.Options.SilentAfter);
        cluster.Master.ShouldBe(master);
        cluster.Status(master).Book.Incidents.Values.Single().Victim.ShouldBe(new NodeId(victim));
    }

    // Its other frames come, so it is there, and it might hear the one whom nobody else hears.
    [Fact]
    public void Silence_WhileAHeardNodeDoesNotSayWhomItHears_IsNotTold()
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var master = cluster.Master;
        var (witness, victim) = ((master + 1) % 3, (master + 2) % 3);
        var isMute = true;
        cluster.Rewrite = (from, message) =>
            isMute && from == witness && message is Message.Heartbeat ? new Message.LinkAck() : message;
        cluster.Run(1);
        cluster.Stop(victim);
        cluster.Run(5);
        IsSilent().ShouldBeFalse();
        cluster.Master.ShouldBe(master);

        isMute = false;
        cluster.RunUntil(IsSilent, 3).ShouldBeTrue();

        bool IsSilent() => cluster.Status(master).Book.Incidents.Values.Any(one => one.Kind == EventKind.Silent);
    }

    // All others have said whom they miss, and the own beat is what it waited for: it waits for no other occasion.
    [Theory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(140)]
    [InlineData(210)]
    public void Silence_ForWhichOnlyTheOwnBeatIsMissing_IsToldAsSoonAsThatIsBack(int laterMs)
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var (master, victim) = (cluster.Master, (cluster.Master + 2) % 3);
        cluster.SelfDelay = TimeSpan.FromMilliseconds(40);
        cluster.Run(3 + (laterMs / 1000.0));
        cluster.Stop(victim);
        var heard = cluster.Effects.Last(seen => seen.Node == victim && seen.Effect is Effect.Send).At;
        cluster.RunUntil(() => cluster.Status(master).Book.Incidents.Count > 0, 3).ShouldBeTrue();
        (cluster.Now - heard).ShouldBeInRange(
            cluster.Options.SilentAfter,
            cluster.Options.SilentAfter + cluster.SelfDelay + TimeSpan.FromMilliseconds(10)
        );
    }
}
