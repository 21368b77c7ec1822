using ClusterRas.Fabric;
using ClusterRas.Protocol;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class HeldRecordsTests
{
    private static ReportId Id(ulong msgid, ulong startNs = 1, EventKind kind = EventKind.Panic) =>
        ReportId.ForDevice(Here.Node, Here.Boot, kind, msgid, startNs);

    private static HeldRecords With(params (ReportId Id, Eid Eid)[] records)
    {
        var held = new HeldRecords(limit: 3);
        foreach (var (id, eid) in records)
        {
            held.Remember(id, new byte[88], eid, Now);
        }

        return held;
    }

    [Fact]
    public void Find_OfACopiedRecord_FindsIt() =>
        With((Id(1), VictimEid), (Id(1), VictimEid)).Find(Id(1)).ShouldNotBeNull().Report.ShouldBe(Id(1));

    [Fact]
    public void Find_AfterAnotherRecordTookTheNumber_FindsTheNewOneOnly()
    {
        With((Id(1), VictimEid), (Id(1, startNs: 2), VictimEid)).Find(Id(1)).ShouldBeNull();
        With((Id(1), VictimEid), (Id(1, startNs: 2), VictimEid)).Find(Id(1, startNs: 2)).ShouldNotBeNull();
        With((Id(1), VictimEid), (Id(1, kind: EventKind.KernelReboot), VictimEid)).Find(Id(1)).ShouldBeNull();
    }

    [Fact]
    public void Find_WhileTheLastCopyNamesAnotherAddress_FindsNothing()
    {
        var other = new Eid(1, 2);
        With((Id(1), VictimEid), (Id(1), other)).Find(Id(1)).ShouldBeNull();
        With((Id(1), VictimEid), (Id(1), other), (Id(1), VictimEid)).Find(Id(1)).ShouldNotBeNull();
    }

    [Fact]
    public void Remember_OverTheLimit_PushesOutTheOldest()
    {
        var held = With((Id(1), VictimEid), (Id(2), VictimEid), (Id(3), VictimEid), (Id(4), VictimEid));
        held.Find(Id(1)).ShouldBeNull();
        held.Find(Id(2)).ShouldNotBeNull();
        held.Find(Id(4)).ShouldNotBeNull();
    }
}
