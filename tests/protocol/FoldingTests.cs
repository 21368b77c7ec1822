using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Which words make one incident, and which make another: the cases in which folding goes wrong easily.</summary>
public class FoldingTests
{
    private const int Victim = 4;
    private static readonly DeviceRef Device = new(0, 1);

    private static MiniCluster Joined(ProtocolOptions? options = null)
    {
        var cluster = new MiniCluster(5, 3, options: options);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        return cluster;
    }

    private static Incident[] Fatal(MiniCluster cluster, int victim = Victim) =>
        [
            .. cluster
                .Status(cluster.Master)
                .Book.Incidents.Values.Where(one => one.Victim.Value == victim && one.Kind.IsFatal())
                .OrderBy(one => one.Id),
        ];

    private static void Say(MiniCluster cluster, Report report, DeviceRef? device = null)
    {
        cluster.Give(report.Id.Witness.Value, new Input.Raised(report, device ?? Device));
        cluster
            .RunUntil(() => cluster.Status(cluster.Master).Book.FindByReport(report.Id) is not null, 3)
            .ShouldBeTrue();
    }

    /// <summary>The victim is back in its next boot, and says so.</summary>
    private static void Rejoin(MiniCluster cluster, int victim = Victim)
    {
        cluster.Boot[victim]++;
        cluster.Start(victim);
        cluster
            .RunUntil(() =>
                cluster.Status(cluster.Master).Book.Lives[new NodeId(victim)].Current == cluster.LifeOf(victim)
            )
            .ShouldBeTrue();
    }

    [Fact]
    public void PanicAgain_FortySecondsLaterAfterAHello_IsTheNextLifes()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, tag: 0));
        Rejoin(cluster);
        cluster.Run(40);
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, msgid: 8, tag: 0));

        Fatal(cluster).Select(one => one.Life.Tag).ShouldBe([1, 2]);
        Fatal(cluster)[0].Closed.ShouldBe(CloseReason.Rebooted);
    }

    [Fact]
    public void Panic_SoonAfterARefutedSilence_IsAClaimOfItsOwn()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        cluster.RunUntil(() => Fatal(cluster) is [{ Kind: EventKind.Silent }], 10).ShouldBeTrue();
        cluster.Start(Victim);
        cluster.RunUntil(() => Fatal(cluster)[0].Closed == CloseReason.HeardAgain, 10).ShouldBeTrue();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1));

        Fatal(cluster).Select(one => (one.Kind, one.Claim)).ShouldBe([(EventKind.Silent, 0), (EventKind.Panic, 1)]);
    }

    [Fact]
    public void PanicAgain_FortySecondsLaterWithoutAHello_IsAnotherClaim()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, tag: 0));
        cluster.Run(40);
        Say(cluster, cluster.Panic(Victim, 2, msgid: 8, tag: 0));

        Fatal(cluster).Select(one => one.Claim).ShouldBe([0, 1]);
    }

    [Fact]
    public void PanicAgain_FifteenSecondsLaterWithoutATag_IsTheSameClaim()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, tag: 0));
        cluster.Run(15);
        Say(cluster, cluster.Panic(Victim, 2, msgid: 8, tag: 0));

        Fatal(cluster).ShouldHaveSingleItem().Reports.Count.ShouldBe(2);
    }

    [Fact]
    public void PanicAgain_FifteenSecondsLaterWithTheNextTag_IsALifeThatNeverRegistered()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1));
        cluster.Run(15);
        Say(cluster, cluster.Panic(Victim, 1, msgid: 8, tag: 2));
        Fatal(cluster).Select(one => one.Life.Tag).ShouldBe([1, 2]);

        // The boot that registers with that tag is the one that panicked: it is back, and no third one is opened.
        Rejoin(cluster);
        cluster.Run(2);
        Fatal(cluster).Length.ShouldBe(2);
    }

    // Life 771122335939 of 5 nodes: what is said of a healthy node goes on to stand against it, and some of it for longer than the rest.
    [Fact]
    public void Panic_AfterALaterClaimWasContradicted_BelongsToTheRebootThatStillStands()
    {
        var cluster = Joined();
        Say(cluster, Reboot(witness: 1, msgid: 7));
        cluster.Run(5);
        Say(cluster, Reboot(witness: 2, msgid: 8));
        Say(cluster, cluster.Panic(Victim, 3, msgid: 9, windowMs: 1000));
        Fatal(cluster).Select(one => one.Kind).ShouldBe([EventKind.KernelReboot, EventKind.Panic]);
        cluster.RunUntil(() => Fatal(cluster)[1].Closed == CloseReason.Contradicted, 20).ShouldBeTrue();
        Fatal(cluster)[0].IsOpen.ShouldBeTrue("a reboot takes longer");
        cluster.Run(5);
        Say(cluster, cluster.Panic(Victim, 1, msgid: 10));

        Fatal(cluster)
            .Select(one => (one.Kind, one.Reports.Count))
            .ShouldBe([(EventKind.Panic, 2), (EventKind.Panic, 2)], "a life ends once");

        Report Reboot(int witness, ulong msgid)
        {
            var panic = cluster.Panic(Victim, witness, msgid, windowMs: 1000, tag: 0);
            return panic with { Words = panic.Words with { Id = panic.Id with { Kind = EventKind.KernelReboot } } };
        }
    }

    [Fact]
    public void RebootThenPanic_UnderOneMsgid_IsOneIncidentThatGrows()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        var panic = cluster.Panic(Victim, 1);
        var reboot = panic with { Words = panic.Words with { Id = panic.Id with { Kind = EventKind.KernelReboot } } };
        Say(cluster, reboot);
        Fatal(cluster).ShouldHaveSingleItem().Kind.ShouldBe(EventKind.KernelReboot);
        Say(cluster, panic);

        var incident = Fatal(cluster).ShouldHaveSingleItem();
        incident.Kind.ShouldBe(EventKind.Panic);
        incident.Reports.Count.ShouldBe(2);
    }

    [Fact]
    public void Report_DeliveredFiveMinutesLate_IsEvidenceOfTheLifeBefore()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, tag: 0));
        var late = cluster.Panic(Victim, 2, msgid: 8, tag: 0);
        Rejoin(cluster);
        cluster.Run(300);
        Say(cluster, late);

        var incident = Fatal(cluster).ShouldHaveSingleItem();
        incident.Reports.Count.ShouldBe(2);
        incident.Closed.ShouldBe(CloseReason.Rebooted);
        cluster.Of<Effect.Release>(2).ShouldBeEmpty();
    }

    [Fact]
    public void Tag_WrapsFrom999To1_IsTheNextLife()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        cluster.Boot[Victim] = Life.TagMax - 1;
        Rejoin(cluster);
        cluster.LifeOf(Victim).Tag.ShouldBe(Life.TagMax);
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1));
        cluster.Run(1);
        Say(cluster, cluster.Panic(Victim, 1, msgid: 8, tag: 1));

        Fatal(cluster).Select(one => one.Life.Tag).ShouldBe([Life.TagMax, 1]);

        // What is said late of the one before the wrap goes to it, and not to the newer one with the smaller number.
        Say(cluster, cluster.Panic(Victim, 2, msgid: 9, tag: Life.TagMax));
        Fatal(cluster).Select(one => one.Reports.Count).ShouldBe([2, 1]);
    }

    [Fact]
    public void Victim_ComesBackWithAnEmptyDisk_ItsFirstPanicAndItsSecondStayApart()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1));
        cluster.Wipe(Victim);
        Rejoin(cluster);
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, msgid: 8));

        Fatal(cluster).Length.ShouldBe(2);
        Fatal(cluster)[0].Closed.ShouldBe(CloseReason.Rebooted);
        Fatal(cluster)[1].IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void WitnessDriver_LoadedAnewInMidWindow_IsOneIncidentAndAckedAtTheNewDriver()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        var before = cluster.Panic(Victim, 1);
        cluster.Give(1, new Input.Raised(before, Device));
        var reopened = Device with { Epoch = 2 };
        cluster.Give(1, new Input.DeviceReopened(reopened));
        cluster.Run(0.001);

        // The new driver begins to count anew: the same number, at another time.
        var after = cluster.Panic(Victim, 1);
        after.Id.High.ShouldBe(before.Id.High);
        Say(cluster, after, reopened);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Any()).ShouldBeTrue();
        cluster.Run(1);

        Fatal(cluster).ShouldHaveSingleItem().Reports.Count.ShouldBe(2);
        var release = cluster.Of<Effect.Release>(1).ShouldHaveSingleItem();
        release.Report.ShouldBe(after.Id);
        release.Device.ShouldBe(reopened);
    }

    [Fact]
    public void UrmaAndUvb_AtOneWitness_AreOneIncidentAndBothAcked()
    {
        var cluster = Joined(new ProtocolOptions { UvbEnabled = true });
        cluster.Stop(Victim);
        var urma = cluster.Panic(Victim, 1, msgid: 7);
        var uvb = cluster.Panic(Victim, 1, msgid: 8);
        uvb = uvb with
        {
            Words = uvb.Words with { VictimEid = null, VictimCna = cluster.Topology[new NodeId(Victim)].Cna },
        };
        Say(cluster, urma);
        Say(cluster, uvb);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Count() == 2).ShouldBeTrue();

        Fatal(cluster).ShouldHaveSingleItem().Reports.Count.ShouldBe(2);
    }

    [Fact]
    public void TwoVictims_ThatShareASlot_AreTwoIncidentsAndOnlyTheLastRecordIsAcked()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        cluster.Stop(3);

        // The list of eids counts the node itself, the list of CNAs does not: both get the number of one slot.
        var first = cluster.Panic(Victim, 1);
        var second = cluster.Panic(3, 1);
        second = second with { Words = second.Words with { Id = second.Id with { Low = first.Id.Low + 1 } } };
        cluster.Give(1, new Input.Raised(first, Device));
        cluster.Give(1, new Input.Raised(second, Device));
        cluster.RunUntil(() => Fatal(cluster, Victim).Length + Fatal(cluster, 3).Length == 2, 3).ShouldBeTrue();
        cluster.Run(1);

        cluster.Of<Effect.Release>(1).ShouldHaveSingleItem().Report.ShouldBe(second.Id);
        cluster.Running.ShouldAllBe(node => cluster.Status(node).Book.FindByReport(first.Id)!.Victim.Value == Victim);
    }

    [Fact]
    public void SilentFirst_WordsLater_BecomeOne()
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        cluster.RunUntil(() => Fatal(cluster).Length == 1).ShouldBeTrue();
        Fatal(cluster)[0].Kind.ShouldBe(EventKind.Silent);
        Say(cluster, cluster.Panic(Victim, 1));

        var incident = Fatal(cluster).ShouldHaveSingleItem();
        incident.Kind.ShouldBe(EventKind.Panic);
        incident.Reports.Count.ShouldBe(1);
    }

    [Fact]
    public void Master_ChangesBetweenTwoWitnesses_ThereIsOneIncident()
    {
        var cluster = Joined();
        var old = cluster.Master;
        var witnesses = cluster.Running.Where(node => node != old && node != Victim).Take(2).ToArray();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, witnesses[0]));
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady)).ShouldBeTrue();
        Say(cluster, cluster.Panic(Victim, witnesses[1]));

        Fatal(cluster).ShouldHaveSingleItem().Reports.Count.ShouldBe(2);
        cluster.RunUntil(() => cluster.Of<Effect.Release>().Count() == 2).ShouldBeTrue();
    }

    // F1: its tag alone, or its boot alone, says which life it was.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Word_OnTheLifeBefore_IsOfThatLifeByItsTagOrItsBoot(bool isByTag)
    {
        var cluster = Joined();
        var before = cluster.LifeOf(Victim);
        cluster.Stop(Victim);
        Rejoin(cluster);
        var panic = cluster.Panic(Victim, 1, tag: isByTag ? before.Tag : 0);
        Say(cluster, panic with { Words = panic.Words with { VictimBoot = isByTag ? default : before.Boot } });

        var one = Fatal(cluster).ShouldHaveSingleItem();
        one.Life.ShouldBe(before);
        one.Closed.ShouldBe(CloseReason.Rebooted);
    }

    // F3: clocks of kernels and the way to the master differ by two seconds at most.
    [Theory]
    [InlineData(11.5, 1)]
    [InlineData(12.5, 2)]
    public void PanicAgain_BehindTheWindowWithoutATag_IsTheSameClaimForTwoSeconds(double later, int claims)
    {
        var cluster = Joined();
        cluster.Stop(Victim);
        Say(cluster, cluster.Panic(Victim, 1, windowMs: 10_000, tag: 0));
        var claimed = Fatal(cluster)[0].ClaimedAt;
        cluster.Run((claimed + TimeSpan.FromSeconds(later) - cluster.Now).TotalSeconds);
        Say(cluster, cluster.Panic(Victim, 2, msgid: 8, windowMs: 10_000, tag: 0));

        Fatal(cluster).Length.ShouldBe(claims);
    }
}
