using System.Runtime.InteropServices;

namespace ClusterRas.Transport.Uvb.Native;

/// <summary>The calls of the shim; which file they lead to is <see cref="UvbLibrary"/>'s to say. Source: native/uvb-shim/cras_uvb.h.</summary>
/// <remarks>All results are a count, 0, or a negative errno.</remarks>
internal static unsafe partial class UvbNative
{
    /// <summary>What the resolver is asked for; no file is called so.</summary>
    public const string Library = "cras_uvb";

    public const uint VersionMajor = 1;
    public const uint Sender = 0x2000_0000;
    public const uint Receiver = 0x1000_0000;
    public const uint CnaMask = 0xff_ffff;

    [LibraryImport(Library, EntryPoint = "cras_uvb_version")]
    public static partial uint Version();

    [LibraryImport(Library, EntryPoint = "cras_uvb_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, uint cna, nint* handle);

    [LibraryImport(Library, EntryPoint = "cras_uvb_stop")]
    public static partial void Stop(UvbHandle handle);

    [LibraryImport(Library, EntryPoint = "cras_uvb_close")]
    public static partial void Close(nint handle);

    /// <summary>Blocks for as long as it says.</summary>
    [LibraryImport(Library, EntryPoint = "cras_uvb_call")]
    public static partial int Call(
        UvbHandle handle,
        uint callId,
        uint receiverId,
        byte* input,
        uint size,
        byte* output,
        uint* outputSize,
        uint timeoutMs
    );

    /// <summary>Blocks for as long as it says.</summary>
    [LibraryImport(Library, EntryPoint = "cras_uvb_receive")]
    public static partial int Receive(
        UvbHandle handle,
        uint callId,
        uint timeoutMs,
        ulong* ticket,
        uint* senderId,
        byte* buffer,
        uint* size
    );

    [LibraryImport(Library, EntryPoint = "cras_uvb_reply")]
    public static partial int Reply(UvbHandle handle, ulong ticket, int status, byte* output, uint size);

    [LibraryImport(Library, EntryPoint = "cras_uvb_window_size")]
    public static partial uint WindowSize(UvbHandle handle);
}

/// <summary>The error numbers that calls end with, negative as they come.</summary>
internal static class UvbStatus
{
    public const int Done = 0;
    public const int NotThere = -2;
    public const int Again = -11;
    public const int NotAllowed = -13;
    public const int Busy = -16;
    public const int Invalid = -22;
    public const int NobodyThere = -95;
    public const int NoRoom = -105;
    public const int TimedOut = -110;
    public const int Stale = -116;
    public const int Stopped = -125;
}

/// <summary>This node's windows under one CNA. A call that is under way keeps it.</summary>
internal sealed class UvbHandle : SafeHandle
{
    private static int open;

    public UvbHandle(nint handle)
        : base(0, ownsHandle: true)
    {
        SetHandle(handle);
        Interlocked.Increment(ref open);
    }

    /// <summary>Handles of this process that are not released yet.</summary>
    public static int OpenCount => Volatile.Read(ref open);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        UvbNative.Close(handle);
        Interlocked.Decrement(ref open);
        return true;
    }
}
