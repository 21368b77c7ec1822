namespace ClusterRas.Daemon.Tests;

/// <summary>Last words of a node's kernel, told to the kernels of others.</summary>
public sealed class PanicTests
{
    [Fact]
    public async Task Panic_OfAFollowerToldToTwoOthers_IsAckedAtBothAndIsOneIncidentOnEveryNode()
    {
        using var cluster = new RealCluster(nodeCount: 5, dieCount: 2);
        var master = await cluster.StartAsync();
        var victim = cluster.Nodes.Last(node => node != master);
        var witnesses = cluster.Nodes.Where(node => node != victim).Take(2).ToList();

        victim.Kill();
        var tellings = witnesses.Select(node => node.Kernel.Tell(RealCluster.Panic(victim.Number))).ToList();
        await cluster.AckedAsync(tellings);

        var incident = (await cluster.SameOnAllAsync("one released incident", OneReleasedTwice)).Single();
        incident.VictimNodeName.ShouldBe(victim.Name);
        incident.Kind.ShouldBe(EventKind.Panic);
        incident.Verdict.ShouldBe(Verdict.Recorded);
        incident.Releases.ShouldAllBe(release => release.Verdict == Verdict.Recorded);
        incident.Reports.Select(report => report.WitnessNodeName).Order().ShouldBe(witnesses.Select(node => node.Name));
        incident.AckedCount.ShouldBe(2u);
        await cluster.ShownByIdAsync(incident);
    }

    [Fact]
    public async Task Panic_OfTheMaster_IsAckedByItsSuccessorAndEndsWithItsNextBoot()
    {
        using var cluster = new RealCluster(nodeCount: 3, dieCount: 2);
        var master = await cluster.StartAsync();
        var witnesses = cluster.Nodes.Where(node => node != master).Take(2).ToList();

        master.Kill();
        var tellings = witnesses.Select(node => node.Kernel.Tell(RealCluster.Panic(master.Number))).ToList();
        await cluster.AckedAsync(tellings);
        var successor = await cluster.MasterAsync();
        var open = (await cluster.SameOnAllAsync("one released incident", OneReleasedTwice)).Single();

        successor.ShouldNotBe(master);
        open.State.ShouldBe(IncidentState.Open);
        open.OpenedTerm.ShouldBe((await successor.StatusAsync())!.Master.Term);

        master.NewBoot();
        await cluster.StartAsync(master);
        var closed = (
            await cluster.SameOnAllAsync("it closed", list => list is [{ State: IncidentState.Closed }])
        ).Single();
        closed.CloseReason.ShouldBe(CloseReason.Rebooted);
        closed.Id.ShouldBe(open.Id);
    }

    [Fact]
    public async Task KernelReboot_AnnouncedAndDone_IsAckedAndClosesAsRebooted()
    {
        using var cluster = new RealCluster(nodeCount: 3);
        await cluster.StartAsync();
        var victim = cluster[3];
        var tellings = new[] { cluster[1], cluster[2] }
            .Select(node => node.Kernel.Tell(RealCluster.Reboot(victim.Number)))
            .ToList();
        await cluster.AckedAsync(tellings);
        (await victim.StopAsync()).ShouldBe(0);
        victim.NewBoot();
        await cluster.StartAsync(victim);

        var incident = (
            await cluster.SameOnAllAsync("it closed", list => list is [{ State: IncidentState.Closed }])
        ).Single();
        incident.Kind.ShouldBe(EventKind.KernelReboot);
        incident.CloseReason.ShouldBe(CloseReason.Rebooted);
        incident.AckedCount.ShouldBe(2u);
    }

    private static bool OneReleasedTwice(IReadOnlyList<Incident> incidents) => incidents is [{ ReleaseCount: 2 }];
}
