using System.Runtime.InteropServices;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>The part that makes the native objects, and ends them in the other order.</summary>
internal sealed unsafe partial class UrmaPort
{
    private static byte Query(UrmaLibrary library, UrmaDevice device, ref int slots)
    {
        var attr = stackalloc byte[UrmaNative.DeviceAttrBytes];
        NativeMemory.Clear(attr, UrmaNative.DeviceAttrBytes);
        if (UrmaNative.QueryDevice(device.Pointer, attr) != UrmaNative.Success)
        {
            // A device that only a driver in user space knows; what is asked for may be refused later.
            return 0;
        }

        var cap = (UrmaDeviceCap*)(attr + UrmaNative.DeviceCapOffset);
        foreach (var depth in (ReadOnlySpan<uint>)[cap->MaxJfcDepth, cap->MaxJfsDepth, cap->MaxJfrDepth])
        {
            slots = depth == 0 ? slots : (int)Math.Min((uint)slots, depth);
        }

        var priorities = (UrmaPriority*)(attr + UrmaNative.PriorityOffset);
        for (var at = 0; library.HasPriorities && at < UrmaNative.PriorityCount; at++)
        {
            if ((priorities[at].TpType & PortTypeBit) != 0)
            {
                return (byte)at;
            }
        }

        return 0;
    }

    // The library writes into what it is given, so each call gets a copy of its own.
    private string? Make(JettyId jettyId, byte priority)
    {
        var made = UrmaNative.CreateJfce(context.Pointer);
        if (made == 0)
        {
            return Failed("an event channel");
        }

        channel = new UrmaEventChannelHandle(made, context);
        if ((sent = MakeQueue(sendSlots)) is null || (received = MakeQueue(receiveSlots)) is null)
        {
            return Failed("a completion queue");
        }

        var receiving = new UrmaJfrConfig
        {
            Depth = (uint)receiveSlots,
            TransMode = UrmaNative.ReliableMessage,
            MaxSge = 1,
            MinRnrTimer = RnrTimer,
            Jfc = received.Pointer,
        };
        made = UrmaNative.CreateJfr(context.Pointer, &receiving);
        if (made == 0)
        {
            return Failed("a receive queue");
        }

        receives = new UrmaReceiveQueueHandle(made, context, received);
        return MakeJetty(jettyId, priority) ?? MakeBuffers();
    }

    private UrmaCompletionQueueHandle? MakeQueue(int depth)
    {
        var config = new UrmaJfcConfig { Depth = (uint)depth, Jfce = channel!.Pointer };
        var made = UrmaNative.CreateJfc(context.Pointer, &config);
        return made == 0 ? null : new UrmaCompletionQueueHandle(made, context, channel);
    }

    private string? MakeJetty(JettyId jettyId, byte priority)
    {
        var config = new UrmaJettyConfig
        {
            Id = (uint)jettyId.Value,
            Flag = UrmaNative.ShareJfr,
            SharedJfr = receives!.Pointer,
            SharedJfc = received!.Pointer,
            JfsCfg = new UrmaJfsConfig
            {
                Depth = (uint)sendSlots,
                TransMode = UrmaNative.ReliableMessage,
                Priority = priority,
                MaxSge = 1,
                MaxRsge = 1,
                RnrRetry = RnrRetry,
                ErrTimeout = ErrTimeout,
                Jfc = sent!.Pointer,
            },
        };
        var made = UrmaNative.CreateJetty(context.Pointer, &config);
        if (made == 0)
        {
            return Failed(
                $"jetty {jettyId} (taken, perhaps by the kernel's own messages, or out of the device's range)"
            );
        }

        jetty = new UrmaJettyHandle(made, context, receives, sent, received);
        return null;
    }

    private string? MakeBuffers()
    {
        var config = new UrmaSegmentConfig
        {
            Va = (ulong)memory,
            Len = memoryBytes,
            Flag = UrmaNative.AccessLocalOnly,
        };
        var made = UrmaNative.RegisterSegment(context.Pointer, &config);
        if (made == 0)
        {
            return Failed("a segment");
        }

        segment = new UrmaSegmentHandle(made, context);
        for (var slot = 0; slot < receiveSlots; slot++)
        {
            Repost(slot);
        }

        // Refused while there are records unread, and then the first look at the queue finds them.
        _ = UrmaNative.RearmJfc(sent!.Pointer, 0);
        _ = UrmaNative.RearmJfc(received!.Pointer, 0);
        return null;
    }

    private static string Failed(string what) => $"no {what} (errno {Marshal.GetLastPInvokeError()})";

    // A jetty in error gives all its buffers back, which also wakes the thread that waits for them.
    private void BeginError()
    {
        if (jetty is not null)
        {
            var error = new UrmaJettyAttr { Mask = UrmaNative.AttrState, State = UrmaNative.StateError };
            _ = UrmaNative.ModifyJetty(jetty.Pointer, &error);
        }
    }

    private void Release()
    {
        var records = stackalloc UrmaRecord[RecordsATurn];
        while (jetty is not null && UrmaNative.FlushJetty(jetty.Pointer, RecordsATurn, records) > 0)
        {
            // What was still under way is over, and nobody asks any more.
        }

        foreach (var handle in (UrmaHandle?[])[jetty, segment, receives, sent, received, channel, context])
        {
            handle?.Dispose();
        }

        _ = UrmaNative.CloseDescriptor(kick);
        NativeMemory.AlignedFree(memory);
        Interlocked.Add(ref bytesHeld, -(long)memoryBytes);
    }
}
