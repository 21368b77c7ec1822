using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class WitnessTests
{
    private static Report ReportOf(DeviceRecord record) => Here.Report(record, Now);

    [Fact]
    public void Report_OfPanic_NamesTheVictimByAddressAndTheLifeByTag()
    {
        var report = ReportOf(Panic(timeoutMs: 35017));
        report.Words.ShouldBe(
            new Words(
                ReportId.ForDevice(Here.Node, Here.Boot, EventKind.Panic, 19, StartNs),
                VictimEid,
                new Cna(0x123456),
                null,
                default,
                17,
                Waiter.StockRemote,
                35000,
                null
            )
        );
        report.RaisedAt.ShouldBe(new Instant((long)StartNs));
        report.WindowEnds.ShouldBe(new Instant((long)StartNs + 35_000_000_000));
    }

    [Theory]
    [InlineData(1ul, 1L, 0)]
    [InlineData(999ul, 999L, 0)]
    [InlineData(1000ul, 1000L, 0)]
    [InlineData(1001ul, 1000L, 1)]
    [InlineData(1500ul, 1000L, 500)]
    [InlineData(3_600_000ul, 3_600_000L, 0)]
    [InlineData(ulong.MaxValue - 1, 3_605_000L, 0)]
    public void Report_OfPanicsWindow_IsWholeSecondsAndTag(ulong timeoutMs, long windowMs, int tag)
    {
        var report = ReportOf(Panic(timeoutMs: timeoutMs));
        report.Words.WindowMs.ShouldBe(windowMs);
        report.Words.Tag.ShouldBe(tag);
        report.WindowEnds.ShouldBe(report.RaisedAt + TimeSpan.FromMilliseconds(windowMs));
    }

    [Fact]
    public void Report_OfRecordWithoutWindow_HasNobodyWaiting()
    {
        var report = ReportOf(Panic(timeoutMs: null));
        report.Words.Waiter.ShouldBe(Waiter.Nobody);
        report.Words.WindowMs.ShouldBeNull();
        report.WindowEnds.ShouldBeNull();
    }

    [Fact]
    public void Report_OfZeroEidAndBadCna_NamesNoAddress()
    {
        var words = ReportOf(Panic() with { Eid = Eid.None, Cna = new Cna(0xffffff) }).Words;
        words.VictimEid.ShouldBeNull();
        words.VictimCna.ShouldBeNull();
        ReportOf(Panic() with { Eid = Eid.None }).Words.VictimCna.ShouldBe(new Cna(0x123456));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(100_000_000_001ul)]
    [InlineData(ulong.MaxValue)]
    public void Report_OfUnknownOrFutureStart_IsRaisedNowAndNamedByWhatItSays(ulong startNs)
    {
        var report = ReportOf(Panic(startNs: startNs));
        report.RaisedAt.ShouldBe(Now);
        report.Id.Low.ShouldBe(startNs);
    }

    [Fact]
    public void Report_OfExpiredRecord_IsAWordAllTheSame()
    {
        var report = ReportOf(Panic(timeoutMs: 1000, startNs: 5));
        report.RaisedAt.ShouldBe(new Instant(5));
        report.WindowEnds.ShouldBe(new Instant(1_000_000_005));
    }

    [Fact]
    public void Report_OfPowerOff_IsAboutThisNodesPresentLife()
    {
        var words = ReportOf(PowerOff() with { TimeoutMs = 35500 }).Words;
        words.VictimNode.ShouldBe(Here.Node);
        words.VictimBoot.ShouldBe(Here.Boot);
        words.Waiter.ShouldBe(Waiter.StockLocal);
        words.WindowMs.ShouldBe(35500);
        words.Tag.ShouldBe(0);
    }

    [Theory]
    [InlineData(true, Waiter.StockLocal)]
    [InlineData(false, Waiter.Nobody)]
    public void Report_OfOutOfMemory_TellsTheNodesThatAreMeant(bool isSync, Waiter waiter)
    {
        var nodes = new[] { 7, 0, -1, -1, -1, -1, -1, -1 };
        var record = new DeviceRecord.OutOfMemory(
            5,
            StartNs,
            35000,
            2,
            [.. nodes],
            isSync,
            30000,
            ReclaimReason.Direct
        );
        var words = ReportOf(record).Words;
        words.Waiter.ShouldBe(waiter);
        words.Detail.ShouldBe(new EventDetail.OutOfMemory([7, 0], isSync, 30000, 1));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(9, 8)]
    public void Report_OfOutOfMemoryWithAFalseCount_StaysWithinTheEight(int count, int told)
    {
        var record = new DeviceRecord.OutOfMemory(5, StartNs, 35000, count, [1, 2, 3, 4, 5, 6, 7, 8], true, 1, default);
        ReportOf(record).Words.Detail.ShouldBeOfType<EventDetail.OutOfMemory>().NumaNodes.Count.ShouldBe(told);
    }

    [Fact]
    public void Report_OfFaultAndLink_KeepsTheirDetails()
    {
        ReportOf(new DeviceRecord.MemoryFault(5, StartNs, null, 0x1234, 1, true, 17))
            .Words.Detail.ShouldBe(new EventDetail.MemoryFault(0x1234, 1, true, 17));
        ReportOf(new DeviceRecord.LinkChange(6, StartNs, null, 9, new Cna(0xffffff), true))
            .Words.Detail.ShouldBe(new EventDetail.LinkChange(9, new Cna(0xffffff), true));
    }
}
