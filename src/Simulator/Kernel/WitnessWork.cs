using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>The server part of the remote reporter: shows a victim's word to user space on a grid of one second.</summary>
/// <remarks>The oddities are the real driver's: see the rules D1 to D4.</remarks>
internal sealed class WitnessWork(Cluster cluster, Host host, HostKernel kernel)
{
    private const int AcksOverUrma = 10;
    private static readonly TimeSpan Grid = TimeSpan.FromSeconds(1);
    private readonly SentryDriver driver = kernel.Driver;
    private readonly Slot[] slots = new Slot[cluster.Plan.Shape.NodeCount + 1];

    /// <summary>Takes one message of a dying kernel.</summary>
    public void Hear(VictimMessage message)
    {
        // The list of eids has the node itself in front, the list of CNAs has not: two victims may share a slot.
        var rank = message.Victim.Value - (message.Victim.Value > host.Node.Value ? 1 : 0);
        ref var slot = ref slots[message.OverUvb ? rank : rank + 1];
        slot ??= new Slot();
        var isKnown = slot.Msgid != 0 && slot.RandomId == message.RandomId;
        if (isKnown && slot.Works)
        {
            return;
        }

        if (!isKnown)
        {
            slot.RandomId = message.RandomId;
            slot.Msgid = driver.NewMsgid();
            slot.StartNs = (ulong)host.Clock.Nanoseconds;
        }

        var record = new DeviceRecord(
            message.Kind,
            slot.Msgid,
            slot.StartNs,
            message.TimeoutMs,
            message.Eid,
            message.Cna,
            null
        );
        if (!record.IsOver(host.Clock))
        {
            slot.Works = true;
            Round(slot, record, message, message.TimeoutMs / 1000);
        }
    }

    private void Round(Slot slot, DeviceRecord record, VictimMessage message, int left)
    {
        if (kernel.HasEnded || driver.IsUnloaded || left == 0)
        {
            slot.Works = false;
            return;
        }

        // The copy goes out first, so the one before the ack is found stays behind in the queue.
        driver.Enqueue(record);
        if (driver.TakeAnswer(record.Msgid, out _))
        {
            SendAck(slot, message, message.OverUvb ? 1 : AcksOverUrma);
        }
        else
        {
            cluster.Agenda.After(Grid, () => Round(slot, record, message, left - 1));
        }
    }

    private void SendAck(Slot slot, VictimMessage message, int left)
    {
        if (kernel.HasEnded || driver.IsUnloaded || left == 0)
        {
            slot.Works = false;
            return;
        }

        var by = host.Node;
        cluster.Network.SendBetweenKernels(
            by,
            message.Victim,
            message.Die,
            () => cluster.Host(message.Victim).Kernel?.HearAck(message.Kind, by, message.OverUvb, message.Life)
        );
        cluster.Agenda.After(Grid, () => SendAck(slot, message, left - 1));
    }

    private sealed class Slot
    {
        public uint RandomId { get; set; }

        public ulong Msgid { get; set; }

        public ulong StartNs { get; set; }

        public bool Works { get; set; }
    }
}
