using System.Runtime.InteropServices;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>One native object. It keeps what it was made from, so that what was made last goes first.</summary>
internal abstract class UrmaHandle : SafeHandle
{
    private static int open;
    private readonly List<UrmaHandle> parents = [];

    protected UrmaHandle(nint handle, params ReadOnlySpan<UrmaHandle> from)
        : base(0, ownsHandle: true)
    {
        foreach (var parent in from)
        {
            var isHeld = false;
            parent.DangerousAddRef(ref isHeld);
            parents.Add(parent);
        }

        SetHandle(handle);
        Interlocked.Increment(ref open);
    }

    /// <summary>Handles of this process that are not released yet.</summary>
    public static int OpenCount => Volatile.Read(ref open);

    public override bool IsInvalid => handle == 0;

    /// <summary>For calls that are made while its owner keeps it.</summary>
    public nint Pointer => handle;

    /// <summary>The object's partner call.</summary>
    protected abstract int Delete(nint pointer);

    protected override bool ReleaseHandle()
    {
        var status = Delete(handle);
        Interlocked.Decrement(ref open);
        foreach (var parent in parents)
        {
            parent.DangerousRelease();
        }

        return status == UrmaNative.Success;
    }
}

internal sealed class UrmaContextHandle(nint handle) : UrmaHandle(handle)
{
    /// <summary>Readable when the device has something to say by itself; below zero: it has no such descriptor.</summary>
    public unsafe int AsyncDescriptor => *(int*)(handle + UrmaNative.ContextAsyncFdOffset);

    protected override int Delete(nint pointer) => UrmaNative.DeleteContext(pointer);
}

internal sealed class UrmaEventChannelHandle(nint handle, UrmaContextHandle context) : UrmaHandle(handle, context)
{
    protected override int Delete(nint pointer) => UrmaNative.DeleteJfce(pointer);
}

internal sealed class UrmaCompletionQueueHandle(nint handle, UrmaContextHandle context, UrmaEventChannelHandle channel)
    : UrmaHandle(handle, context, channel)
{
    protected override int Delete(nint pointer) => UrmaNative.DeleteJfc(pointer);
}

internal sealed class UrmaReceiveQueueHandle(nint handle, UrmaContextHandle context, UrmaCompletionQueueHandle queue)
    : UrmaHandle(handle, context, queue)
{
    protected override int Delete(nint pointer) => UrmaNative.DeleteJfr(pointer);
}

internal sealed class UrmaJettyHandle(
    nint handle,
    UrmaContextHandle context,
    UrmaReceiveQueueHandle receives,
    UrmaCompletionQueueHandle sent,
    UrmaCompletionQueueHandle received
) : UrmaHandle(handle, context, receives, sent, received)
{
    protected override int Delete(nint pointer) => UrmaNative.DeleteJetty(pointer);
}

internal sealed class UrmaSegmentHandle(nint handle, UrmaContextHandle context) : UrmaHandle(handle, context)
{
    protected override int Delete(nint pointer) => UrmaNative.UnregisterSegment(pointer);
}

internal sealed class UrmaTargetHandle(nint handle, UrmaContextHandle context) : UrmaHandle(handle, context)
{
    protected override int Delete(nint pointer) => UrmaNative.UnimportJetty(pointer);
}
