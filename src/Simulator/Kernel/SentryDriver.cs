using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>The helper driver: a bounded queue to user space and a list of acks, matched by number alone.</summary>
/// <remarks>Survives its readers: it lives as long as the boot.</remarks>
internal sealed class SentryDriver(Host host)
{
    private const int QueueLengthMax = 256;
    private readonly Queue<DeviceRecord> queue = new();
    private readonly Dictionary<ulong, DeviceRecord> ackWaiting = [];
    private readonly Dictionary<ulong, (DeviceRecord Record, ulong Result)> answered = [];
    private DeviceReader? reader;
    private ulong lastMsgid;

    /// <summary>Whatever it still had to do is not done.</summary>
    public bool IsUnloaded { get; private set; }

    public ulong NewMsgid() => ++lastMsgid;

    public void Attach(DeviceReader opened) => reader = opened;

    public void Detach() => reader = null;

    /// <summary>The module is gone: whoever reads it has to open the device again.</summary>
    public void Unload()
    {
        IsUnloaded = true;
        queue.Clear();
        reader?.NoticeGone();
        reader = null;
    }

    /// <summary>Queues one copy; a full queue drops it.</summary>
    public void Enqueue(DeviceRecord record)
    {
        if (queue.Count < QueueLengthMax)
        {
            queue.Enqueue(record);
            reader?.Notice();
        }
    }

    /// <summary>What a read gives; null: it would block. Records whose time is over are skipped.</summary>
    public DeviceRecord? Read()
    {
        while (queue.TryDequeue(out var record))
        {
            if (!record.IsOver(host.Clock))
            {
                if (record.TimeoutMs is not null)
                {
                    ackWaiting.TryAdd(record.Msgid, record);
                }

                return record;
            }
        }

        return null;
    }

    /// <summary>MSG_ACK: looked up by msgid only.</summary>
    public ReleaseOutcome Ack(ulong msgid, ulong result)
    {
        if (!ackWaiting.Remove(msgid, out var record) || record.IsOver(host.Clock))
        {
            return ReleaseOutcome.NoSuchMessage;
        }

        answered[msgid] = (record, result);
        return ReleaseOutcome.Acked;
    }

    /// <summary>The waiting kernel code polls; an answer is used once, whoever it was meant for.</summary>
    public bool TakeAnswer(ulong msgid, out ulong result)
    {
        var found = answered.Remove(msgid, out var answer) && !answer.Record.IsOver(host.Clock);
        result = answer.Result;
        return found;
    }
}
