using System.Buffers;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>Has a frame encoded where it leaves from: into its slot if it fits there, else into native memory beside.</summary>
internal sealed class FrameWriter(StagingBuffer staging) : IBufferWriter<byte>
{
    private UrmaPort? port;
    private int slot;
    private bool isInSlot;

    /// <summary>The frame lies behind the packet in the slot.</summary>
    public bool IsInSlot => isInSlot;

    /// <summary>Before each frame.</summary>
    public void Begin(UrmaPort into, int freeSlot)
    {
        port = into;
        slot = freeSlot;
        isInSlot = false;
    }

    public void Advance(int count)
    {
        // One piece is written at once, and its size is known from GetSpan.
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        isInSlot = sizeHint <= UrmaPort.SlotBytes - Packet.Size;
        if (isInSlot)
        {
            return port!.Sending(slot)[Packet.Size..];
        }

        staging.Resize(sizeHint);
        return staging.Bytes;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("frames are written as spans");
}
