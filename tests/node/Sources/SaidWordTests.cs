using ClusterRas.Fabric;
using ClusterRas.Protocol;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class SaidWordTests
{
    private static readonly SaidWord Drill = new(ReportDoor.Drill, EventKind.Panic, new NodeId(7), 42);

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    public void RaisedBy_WithAWindow_KeepsEachMillisecond(long windowMs)
    {
        var raised = (Drill with { WindowMs = windowMs }).RaisedBy(Here, Now);
        raised.Device.ShouldBeNull();
        raised.Report.Words.WindowMs.ShouldBe(windowMs);
        raised.Report.Words.Tag.ShouldBe(0);
        raised.Report.Words.Waiter.ShouldBe(Waiter.Ours);
        raised.Report.WindowEnds.ShouldBe(Now + TimeSpan.FromMilliseconds(windowMs));
    }

    [Fact]
    public void RaisedBy_SaidTwiceWithOneNonce_HasOneId()
    {
        var first = Drill.RaisedBy(Here, Now).Report;
        var again = (Drill with { Age = TimeSpan.FromSeconds(1) }).RaisedBy(Here, Now).Report;
        again.Id.ShouldBe(first.Id);
        again.RaisedAt.ShouldBe(Now - TimeSpan.FromSeconds(1));
        (Drill with { Nonce = 43 }).RaisedBy(Here, Now).Report.Id.ShouldNotBe(first.Id);
        (Drill with { Door = ReportDoor.Said }).RaisedBy(Here, Now).Report.Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public void RaisedBy_WithoutAWindow_HasNobodyWaiting() =>
        Drill.RaisedBy(Here, Now).Report.Words.Waiter.ShouldBe(Waiter.Nobody);

    [Fact]
    public void RaisedBy_ToldTheVictimsLife_PassesItOn()
    {
        var words = (Drill with { VictimBoot = new BootId(9), Tag = 12 }).RaisedBy(Here, Now).Report.Words;
        words.VictimNode.ShouldBe(new NodeId(7));
        words.VictimBoot.ShouldBe(new BootId(9));
        words.Tag.ShouldBe(12);
    }

    [Fact]
    public void RaisedBy_WhatNobodyMaySay_IsRefused()
    {
        Should.Throw<ArgumentException>(() => (Drill with { Kind = EventKind.Silent }).RaisedBy(Here, Now));
        Should.Throw<ArgumentException>(() => (Drill with { Door = ReportDoor.Device }).RaisedBy(Here, Now));
        Should.Throw<ArgumentException>(() => (Drill with { WindowMs = -1 }).RaisedBy(Here, Now));
        Should.Throw<ArgumentException>(() => (Drill with { WindowMs = 3_600_001 }).RaisedBy(Here, Now));
        Should.Throw<ArgumentException>(() => (Drill with { Tag = 1000 }).RaisedBy(Here, Now));
    }
}
