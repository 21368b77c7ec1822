using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>Told what happens on a port, on the port's own thread: it may note it, and must not wait.</summary>
internal interface IUrmaPortOwner
{
    /// <summary>A message lies in a receive slot until <see cref="UrmaPort.Repost"/>.</summary>
    void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty);

    /// <summary>A send is over; its slot is free again.</summary>
    void Sent(UrmaPort port, object owner, uint tag, UrmaStatus status);

    /// <summary>Send slots are free after there were none.</summary>
    void SlotsFree(UrmaPort port);

    /// <summary>Several times a second.</summary>
    void Tick(UrmaPort port);

    /// <summary>The device is gone, or its port is down; nothing more comes of it.</summary>
    void Lost(UrmaPort port, string reason);
}

/// <summary>One address of one device: its jetty, its buffers, and the thread that waits for completions.</summary>
/// <remarks>
/// All memory that the device reads or writes is native and stays where it is. A receive buffer is posted again by the
/// slot that its record names, never by who sent: the queue is a FIFO and knows no senders.
/// </remarks>
internal sealed unsafe partial class UrmaPort : IDisposable
{
    /// <summary>Bytes of a slot, so of the largest message.</summary>
    public const int SlotBytes = 4096;

    private const int RecordsATurn = 32;
    private const int WaitMs = 100;
    private const int Interrupted = 4;
    private const byte RnrTimer = 17;
    private const byte RnrRetry = 7;
    private const byte ErrTimeout = 17;
    private const byte PortTypeBit = 1 << UrmaNative.CompactTransportPath;
    private static readonly TimeSpan DrainWithin = TimeSpan.FromMilliseconds(500);
    private static long bytesHeld;

    private readonly IUrmaPortOwner owner;
    private readonly Lock sending = new();
    private readonly int receiveSlots;
    private readonly int sendSlots;
    private readonly byte* memory;
    private readonly nuint memoryBytes;
    private readonly int[] freeSlots;
    private readonly object?[] slotOwners;
    private readonly uint[] slotTags;
    private readonly Thread completions;
    private readonly Thread? deviceEvents;
    private readonly int kick;
    private readonly UrmaContextHandle context;
    private UrmaEventChannelHandle? channel;
    private UrmaCompletionQueueHandle? sent;
    private UrmaCompletionQueueHandle? received;
    private UrmaReceiveQueueHandle? receives;
    private UrmaJettyHandle? jetty;
    private UrmaSegmentHandle? segment;
    private int freeCount;
    private volatile bool isStarved;
    private volatile bool isEnding;
    private int isClosed;

    private UrmaPort(IUrmaPortOwner owner, UrmaContextHandle context, Die die, Eid eid, int receiveSlots, int sendSlots)
    {
        this.owner = owner;
        this.context = context;
        this.receiveSlots = receiveSlots;
        this.sendSlots = sendSlots;
        Die = die;
        Eid = eid;
        memoryBytes = (nuint)(receiveSlots + sendSlots) * SlotBytes;
        memory = (byte*)NativeMemory.AlignedAlloc(memoryBytes, SlotBytes);
        NativeMemory.Clear(memory, memoryBytes);
        Interlocked.Add(ref bytesHeld, (long)memoryBytes);
        freeSlots = [.. Enumerable.Range(0, sendSlots)];
        freeCount = sendSlots;
        slotOwners = new object?[sendSlots];
        slotTags = new uint[sendSlots];
        kick = UrmaNative.EventFd(0, 0x80000);
        completions = new Thread(Complete) { IsBackground = true, Name = $"urma {die}" };
        deviceEvents =
            context.AsyncDescriptor < 0
                ? null
                : new Thread(WatchDevice) { IsBackground = true, Name = $"urma {die} device" };
    }

    /// <summary>Which rail of this node it is.</summary>
    public Die Die { get; }

    /// <summary>This node's address on it.</summary>
    public Eid Eid { get; }

    /// <summary>There is no adapter behind it: the library or its device is a test double.</summary>
    public bool IsSimulated { get; private init; }

    /// <summary>For logs: the library, and whether it or its device is simulated.</summary>
    public required string Through { get; init; }

    /// <summary>Most messages that may lie here unread.</summary>
    public int ReceiveSlots => receiveSlots;

    /// <summary>Native memory of all ports of this process.</summary>
    public static long BytesHeld => Interlocked.Read(ref bytesHeld);

    /// <summary>Makes everything that sending and receiving needs, and begins to receive.</summary>
    /// <returns>Null, with one line that says why.</returns>
    public static UrmaPort? TryOpen(
        UrmaLibrary library,
        IUrmaPortOwner owner,
        Die die,
        Eid eid,
        JettyId jettyId,
        int slots,
        [NotNullWhen(false)] out string? reason
    )
    {
        if (!library.TryFind(eid, out var device, out reason))
        {
            return null;
        }

        var priority = Query(library, device, ref slots);
        var pointer = UrmaNative.CreateContext(device.Pointer, device.EidIndex);
        if (pointer == 0)
        {
            reason = $"device {device.Name} cannot be opened (errno {Marshal.GetLastPInvokeError()})";
            return null;
        }

        var port = new UrmaPort(owner, new UrmaContextHandle(pointer), die, eid, slots, slots / 2)
        {
            IsSimulated = device.IsSimulated,
            Through =
                device.IsSimulated && !library.IsSimulated
                    ? $"{library.Name} and its simulated device {device.Name}"
                    : library.Name,
        };
        reason = port.Make(jettyId, priority);
        if (reason is null)
        {
            port.completions.Start();
            port.deviceEvents?.Start();
            return port;
        }

        reason = $"device {device.Name}: {reason}";
        port.Dispose();
        return null;
    }

    /// <summary>The path to a peer's jetty; blocks, for long where the peer is away.</summary>
    /// <returns>Null, with the error number.</returns>
    public UrmaTargetHandle? TryImport(Eid peer, JettyId jettyId, out int errno)
    {
        var buffer = stackalloc byte[UrmaNative.RemoteJettyBytes];
        NativeMemory.Clear(buffer, UrmaNative.RemoteJettyBytes);
        var remote = (UrmaRemoteJetty*)buffer;
        remote->JettyId.Eid = UrmaEid.From(peer);
        remote->JettyId.Id = (uint)jettyId.Value;
        remote->TransMode = UrmaNative.ReliableMessage;
        remote->Type = UrmaNative.TargetJetty;
        remote->TpType = UrmaNative.CompactTransportPath;
        uint token = 0;
        var pointer = isEnding ? 0 : UrmaNative.ImportJetty(context.Pointer, buffer, &token);
        errno = pointer == 0 ? Marshal.GetLastPInvokeError() : 0;
        return pointer == 0 ? null : new UrmaTargetHandle(pointer, context);
    }

    /// <summary>What lies in a receive slot.</summary>
    public ReadOnlySpan<byte> Received(int slot, int length) => new(memory + ((nuint)slot * SlotBytes), length);

    /// <summary>A send slot to be filled.</summary>
    public Span<byte> Sending(int slot) => new(memory + ((nuint)(receiveSlots + slot) * SlotBytes), SlotBytes);

    /// <summary>A free send slot; below zero: there is none, and <see cref="IUrmaPortOwner.SlotsFree"/> will say when.</summary>
    public int TakeSlot()
    {
        lock (sending)
        {
            if (freeCount > 0 && !isEnding)
            {
                return freeSlots[--freeCount];
            }

            isStarved = true;
            return -1;
        }
    }

    /// <summary>Gives a slot back that was not posted.</summary>
    public void GiveBack(int slot)
    {
        lock (sending)
        {
            slotOwners[slot] = null;
            freeSlots[freeCount++] = slot;
        }
    }

    /// <summary>Sends what is in a slot; its record comes to the owner under this tag.</summary>
    /// <returns>False: nothing was posted, and the slot is still the caller's.</returns>
    public bool Post(int slot, int length, UrmaTargetHandle target, object sender, uint tag)
    {
        var element = new UrmaSge
        {
            Addr = (ulong)(memory + ((nuint)(receiveSlots + slot) * SlotBytes)),
            Len = (uint)length,
            Tseg = segment!.Pointer,
        };
        var request = new UrmaSendRequest
        {
            Opcode = UrmaNative.OpcodeSend,
            Flag = UrmaNative.SendWithRecord,
            Tjetty = target.Pointer,
            UserCtx = (ulong)slot,
        };
        request.Send.Src = new UrmaSg { Sge = &element, NumSge = 1 };
        slotOwners[slot] = sender;
        slotTags[slot] = tag;
        UrmaSendRequest* bad = null;
        return UrmaNative.PostSend(jetty!.Pointer, &request, &bad) == UrmaNative.Success;
    }

    /// <summary>Has a receive slot filled again.</summary>
    public void Repost(int slot)
    {
        var element = new UrmaSge
        {
            Addr = (ulong)(memory + ((nuint)slot * SlotBytes)),
            Len = SlotBytes,
            Tseg = segment!.Pointer,
        };
        var request = new UrmaReceiveRequest
        {
            Src = new UrmaSg { Sge = &element, NumSge = 1 },
            UserCtx = (ulong)slot,
        };
        UrmaReceiveRequest* bad = null;
        if (!isEnding && UrmaNative.PostReceive(jetty!.Pointer, &request, &bad) != UrmaNative.Success)
        {
            owner.Lost(this, "a receive buffer was refused");
        }
    }

    /// <summary>Lets go out what is posted, for half a second at most, and ends the device's use.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isClosed, 1) != 0)
        {
            return;
        }

        var isRunning = (completions.ThreadState & ThreadState.Unstarted) == 0;
        if (isRunning)
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref freeCount) == sendSlots, DrainWithin);
        }

        isEnding = true;
        BeginError();
        ulong one = 1;
        _ = UrmaNative.Write(kick, &one, sizeof(ulong));
        if (isRunning)
        {
            completions.Join();
            deviceEvents?.Join();
        }

        Release();
    }

    private void Complete()
    {
        var ready = stackalloc nint[2];
        var counts = stackalloc uint[2];
        var records = stackalloc UrmaRecord[RecordsATurn];
        counts[0] = counts[1] = 1;
        var tickedAt = Environment.TickCount64;
        while (!isEnding)
        {
            var count = UrmaNative.WaitJfc(channel!.Pointer, 2, WaitMs, ready);
            if (count < 0 && Marshal.GetLastPInvokeError() is not (Interrupted or 512))
            {
                owner.Lost(this, $"waiting for completions failed (errno {Marshal.GetLastPInvokeError()})");
                return;
            }

            // Drained, acknowledged, armed, and looked at once more: what came between would wake nobody. An event
            // without a record, and a record without an event, both do no harm here.
            Drain(records);
            if (count > 0)
            {
                UrmaNative.AckJfc(ready, counts, (uint)count);
                for (var at = 0; at < count; at++)
                {
                    _ = UrmaNative.RearmJfc(ready[at], 0);
                }

                Drain(records);
            }

            if (isStarved && Volatile.Read(ref freeCount) > 0)
            {
                isStarved = false;
                owner.SlotsFree(this);
            }

            if (Environment.TickCount64 - tickedAt >= WaitMs)
            {
                tickedAt = Environment.TickCount64;
                owner.Tick(this);
            }
        }
    }

    private void Drain(UrmaRecord* records)
    {
        int count;
        while ((count = Poll(sent!, records)) > 0)
        {
            for (var at = 0; at < count; at++)
            {
                TakeSent(records[at]);
            }
        }

        while ((count = Poll(received!, records)) > 0)
        {
            for (var at = 0; at < count; at++)
            {
                TakeReceived(records[at]);
            }
        }
    }

    private static int Poll(UrmaCompletionQueueHandle queue, UrmaRecord* records)
    {
        NativeMemory.Clear(records, RecordsATurn * (nuint)sizeof(UrmaRecord));
        return UrmaNative.PollJfc(queue.Pointer, RecordsATurn, records);
    }

    private void TakeSent(in UrmaRecord record)
    {
        var slot = (int)record.UserCtx;
        if ((uint)slot >= (uint)sendSlots || slotOwners[slot] is not { } sender)
        {
            // Of the device as a whole, as "suspended" or "flushed": it names no slot.
            return;
        }

        var tag = slotTags[slot];
        GiveBack(slot);
        owner.Sent(this, sender, tag, record.Status);
    }

    private void TakeReceived(in UrmaRecord record)
    {
        var slot = (int)record.UserCtx;
        if ((uint)slot >= (uint)receiveSlots || record.Status is UrmaStatus.Flushed or UrmaStatus.FlushDone)
        {
            return;
        }

        if (record.Status != UrmaStatus.Success || record.CompletionLen > SlotBytes)
        {
            Repost(slot);
            return;
        }

        owner.Arrived(this, slot, (int)record.CompletionLen, record.RemoteId.Eid.ToEid(), record.RemoteId.Id);
    }

    private void WatchDevice()
    {
        const short readable = 1;
        var waits = stackalloc UrmaNative.PollEntry[2];
        waits[0] = new UrmaNative.PollEntry { Descriptor = context.AsyncDescriptor, Wanted = readable };
        waits[1] = new UrmaNative.PollEntry { Descriptor = kick, Wanted = readable };
        while (!isEnding)
        {
            if (UrmaNative.Poll(waits, 2, -1) < 0 || (waits[0].Returned & readable) == 0)
            {
                continue;
            }

            UrmaAsyncEvent got = default;
            if (UrmaNative.GetAsyncEvent(context.Pointer, &got) != UrmaNative.Success)
            {
                return;
            }

            UrmaNative.AckAsyncEvent(&got);
            if (got.EventType is UrmaAsyncEventType.PortDown or UrmaAsyncEventType.DeviceFatal)
            {
                owner.Lost(this, got.EventType == UrmaAsyncEventType.PortDown ? "its port is down" : "a fatal error");
            }
        }
    }
}
