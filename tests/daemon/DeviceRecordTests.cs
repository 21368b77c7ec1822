using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>What comes through the pipe of a kernel and is not a record, or not one that is wanted.</summary>
public sealed class DeviceRecordTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 2);

    private RealNode Node => cluster[1];

    [Fact]
    public async Task ShortRecords_BeforeAGoodOne_AreNamedAndHarmNothing()
    {
        await cluster.StartAloneAsync(Node);
        Node.Kernel.Write(new byte[40]);
        await cluster.SaidAsync(Node, "40 bytes instead of 88");
        Node.Kernel.Write(new byte[87]);
        await cluster.SaidAsync(Node, "87 bytes instead of 88");

        await cluster.AckedAsync(Node.Kernel.Tell(RealCluster.Panic(2)));

        await cluster.SameOnAllAsync("one incident", list => list is [{ AckedCount: 1, VictimNodeName: "n2" }]);
    }

    [Fact]
    public async Task Kinds_ThatAreOff_AreNotRaised()
    {
        Node.Kinds = "panic";
        await cluster.StartAloneAsync(Node);
        var off = Node.Kernel.Tell(RealCluster.Reboot(2));
        await cluster.SaidAsync(Node, "source.kind_off");

        await cluster.AckedAsync(Node.Kernel.Tell(RealCluster.Panic(2)));

        await cluster.SameOnAllAsync("the panic alone", list => list is [{ Kind: EventKind.Panic, AckedCount: 1 }]);
        off.Acks.ShouldBe(0);
    }

    [Fact]
    public async Task EveryKind_ThatIsOn_IsOneIncident()
    {
        await cluster.StartAloneAsync(Node);
        Node.Kernel.Tell((msgid, start) => new DeviceRecord.LinkChange(msgid, start, null, 3, new(7), IsUp: false));
        Node.Kernel.Tell((msgid, start) => new DeviceRecord.MemoryFault(msgid, start, null, 0x1000, 1, false, 2));
        var oom = Node.Kernel.Tell(
            (msgid, start) =>
                new DeviceRecord.OutOfMemory(msgid, start, 30_000, 1, [0, -1, -1, -1, -1, -1, -1, -1], true, 25_000, 0)
        );
        var powerOff = Node.Kernel.Tell((msgid, start) => new DeviceRecord.PowerOff(msgid, start, 30_000));
        await cluster.AckedAsync(oom, powerOff);

        var incidents = await cluster.SameOnAllAsync("four incidents", list => list.Count == 4);
        incidents
            .Select(incident => incident.Kind)
            .Order()
            .ShouldBe([EventKind.PowerOff, EventKind.OutOfMemory, EventKind.MemoryFault, EventKind.LinkChange]);
        incidents.ShouldAllBe(incident => incident.VictimNodeName == "n1");
    }

    [Fact]
    public async Task Record_OfAnUnknownNode_IsToldAndIsNoIncident()
    {
        await cluster.StartAloneAsync(Node);
        Node.Kernel.Tell(RealCluster.Panic(77));
        await cluster.SaidAsync(Node, "word.unknown");
        (await Node.IncidentsAsync()).ShouldBeEmpty();
    }

    public void Dispose() => cluster.Dispose();
}
