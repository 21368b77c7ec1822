using Grpc.Health.V1;

namespace ClusterRas.Daemon.Tests;

/// <summary>A data folder that takes no writes, for a while or from the start.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string DiskSize = "size=16m";

    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);

    [Fact]
    public async Task OneFullDisk_OfThree_IsSaidAndTheOthersAck()
    {
        Assert.SkipWhen(SmallDisk.WhyNot is not null, SmallDisk.WhyNot ?? "");
        var poor = cluster[3];
        poor.Around = SmallDisk.Around(poor, DiskSize);
        await cluster.StartAsync(cluster[1], cluster[2], poor);

        SmallDisk.Fill(poor);
        await cluster.AckedAsync(cluster[1].Kernel.Tell(RealCluster.Panic(4)));
        await StalledAsync(poor);

        SmallDisk.Free(poor);
        await cluster.SameOnAllAsync("the incident", list => list is [{ AckedCount: 1 }]);
        await cluster.UntilAsync("its disk is sound", async () => await IsSoundAsync(poor));
        poor.HasSaid("storage.resumed").ShouldBeTrue();
    }

    [Fact]
    public async Task TheOnlyDisk_Full_LetsNoAckOutUntilItHasSpace()
    {
        Assert.SkipWhen(SmallDisk.WhyNot is not null, SmallDisk.WhyNot ?? "");
        using var alone = new RealCluster(nodeCount: 2);
        var node = alone[1];
        node.Around = SmallDisk.Around(node, DiskSize);
        await alone.StartAloneAsync(node);
        await alone.AckedAsync(node.Kernel.Tell(RealCluster.Panic(2, 35_100)));
        await alone.SameOnAllAsync("the first incident", list => list is [{ AckedCount: 1 }]);

        SmallDisk.Fill(node);
        var telling = node.Kernel.Tell(RealCluster.Panic(2, 35_200));
        await StalledAsync(node, alone);
        await alone.UntilAsync("the kernel has asked in vain for seconds", () => Task.FromResult(telling.Copies > 3));
        telling.Acks.ShouldBe(0);
        (await node.IncidentsAsync()).ShouldHaveSingleItem();

        SmallDisk.Free(node);
        await alone.AckedAsync(telling);
        await alone.SameOnAllAsync("both incidents", list => list is [_, { AckedCount: 1 }]);
        telling.Acks.ShouldBe(1);
    }

    [Fact]
    public async Task ReadOnlyData_AtStart_IsRefused()
    {
        Assert.SkipWhen(SmallDisk.WhyNot is not null, SmallDisk.WhyNot ?? "");
        var node = cluster[1];
        node.Around = SmallDisk.Around(node, "ro");
        node.Start();
        (await node.EndAsync()).ShouldBe(1);
        node.HasSaid("rasd.failed").ShouldBeTrue(cluster.LastWords());
        node.HasSaid("nothing in it was lost").ShouldBeTrue(cluster.LastWords());
    }

    public void Dispose() => cluster.Dispose();

    private Task StalledAsync(RealNode node) => StalledAsync(node, cluster);

    private static async Task StalledAsync(RealNode node, RealCluster cluster)
    {
        await cluster.SaidAsync(node, "storage.stalled");
        var status = await cluster.UntilAsync(
            "it answers and shows that its disk takes no writes",
            async () => await node.StatusAsync() is { Storage: StorageCondition.Stalled } said ? said : null
        );
        status.StorageReason.ShouldContain("full");
        (await node.Health.CheckAsync(new HealthCheckRequest(), RealNode.Soon)).Status.ShouldBe(
            HealthCheckResponse.Types.ServingStatus.NotServing
        );
        (await node.IncidentsAsync()).ShouldNotBeNull();
    }

    private static async Task<bool> IsSoundAsync(RealNode node) =>
        await node.StatusAsync() is { Storage: StorageCondition.Sound }
        && (await node.Health.CheckAsync(new HealthCheckRequest(), RealNode.Soon)).Status
            == HealthCheckResponse.Types.ServingStatus.Serving;
}
