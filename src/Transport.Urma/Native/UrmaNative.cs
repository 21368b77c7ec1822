using System.Runtime.InteropServices;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>The calls of liburma that are used; which file they lead to is <see cref="UrmaLibrary"/>'s to say.</summary>
/// <remarks>
/// Statuses are positive, counts below zero are failures, and the only reason of a null pointer is the error number.
/// None is marked as free of a GC transition: each may wait for a lock of the library's that another thread holds.
/// </remarks>
internal static unsafe partial class UrmaNative
{
    /// <summary>What the resolver is asked for; no file is called so.</summary>
    public const string Library = "urma";

    public const int Success = 0;
    public const int AlreadyInitialised = 17;
    public const int NoProvider = 0x1000;

    public const int ReliableMessage = 1;
    public const int TargetJetty = 1;
    public const int CompactTransportPath = 1;
    public const int OpcodeSend = 0x40;
    public const uint SendWithRecord = 0x20;
    public const uint ShareJfr = 1;
    public const uint AccessLocalOnly = 1 << 5;
    public const uint AttrState = 2;
    public const int StateError = 3;

    /// <summary>More than any line of the library writes.</summary>
    public const int DeviceAttrBytes = 1024;
    public const int DeviceCapOffset = 16;
    public const int PriorityOffset = DeviceCapOffset + 172;
    public const int PriorityCount = 16;
    public const int RemoteJettyBytes = 96;

    /// <summary>Where a device's name begins, and its longest.</summary>
    public const int DeviceNameBytes = 64;

    /// <summary>Where a device's path begins, right behind its name.</summary>
    public const int DevicePathOffset = DeviceNameBytes;
    public const int DeviceTypeOffset = 4160;
    public const int ContextAsyncFdOffset = 20;

    [LibraryImport(Library, EntryPoint = "urma_init", SetLastError = true)]
    public static partial int Init(nint attr);

    [LibraryImport(Library, EntryPoint = "urma_get_device_list", SetLastError = true)]
    public static partial nint* GetDeviceList(int* count);

    [LibraryImport(Library, EntryPoint = "urma_free_device_list")]
    public static partial void FreeDeviceList(nint* list);

    [LibraryImport(Library, EntryPoint = "urma_get_eid_list", SetLastError = true)]
    public static partial UrmaEidInfo* GetEidList(nint device, uint* count);

    [LibraryImport(Library, EntryPoint = "urma_free_eid_list")]
    public static partial void FreeEidList(UrmaEidInfo* list);

    [LibraryImport(Library, EntryPoint = "urma_query_device")]
    public static partial int QueryDevice(nint device, byte* attr);

    [LibraryImport(Library, EntryPoint = "urma_create_context", SetLastError = true)]
    public static partial nint CreateContext(nint device, uint eidIndex);

    [LibraryImport(Library, EntryPoint = "urma_delete_context")]
    public static partial int DeleteContext(nint context);

    [LibraryImport(Library, EntryPoint = "urma_create_jfce", SetLastError = true)]
    public static partial nint CreateJfce(nint context);

    [LibraryImport(Library, EntryPoint = "urma_delete_jfce")]
    public static partial int DeleteJfce(nint jfce);

    [LibraryImport(Library, EntryPoint = "urma_create_jfc", SetLastError = true)]
    public static partial nint CreateJfc(nint context, UrmaJfcConfig* config);

    [LibraryImport(Library, EntryPoint = "urma_delete_jfc")]
    public static partial int DeleteJfc(nint jfc);

    [LibraryImport(Library, EntryPoint = "urma_create_jfr", SetLastError = true)]
    public static partial nint CreateJfr(nint context, UrmaJfrConfig* config);

    [LibraryImport(Library, EntryPoint = "urma_delete_jfr")]
    public static partial int DeleteJfr(nint jfr);

    [LibraryImport(Library, EntryPoint = "urma_create_jetty", SetLastError = true)]
    public static partial nint CreateJetty(nint context, UrmaJettyConfig* config);

    [LibraryImport(Library, EntryPoint = "urma_modify_jetty")]
    public static partial int ModifyJetty(nint jetty, UrmaJettyAttr* attr);

    [LibraryImport(Library, EntryPoint = "urma_flush_jetty")]
    public static partial int FlushJetty(nint jetty, int count, UrmaRecord* records);

    [LibraryImport(Library, EntryPoint = "urma_delete_jetty")]
    public static partial int DeleteJetty(nint jetty);

    [LibraryImport(Library, EntryPoint = "urma_register_seg", SetLastError = true)]
    public static partial nint RegisterSegment(nint context, UrmaSegmentConfig* config);

    [LibraryImport(Library, EntryPoint = "urma_unregister_seg")]
    public static partial int UnregisterSegment(nint segment);

    [LibraryImport(Library, EntryPoint = "urma_import_jetty", SetLastError = true)]
    public static partial nint ImportJetty(nint context, byte* remote, uint* token);

    [LibraryImport(Library, EntryPoint = "urma_unimport_jetty")]
    public static partial int UnimportJetty(nint target);

    [LibraryImport(Library, EntryPoint = "urma_post_jetty_recv_wr")]
    public static partial int PostReceive(nint jetty, UrmaReceiveRequest* request, UrmaReceiveRequest** bad);

    [LibraryImport(Library, EntryPoint = "urma_post_jetty_send_wr")]
    public static partial int PostSend(nint jetty, UrmaSendRequest* request, UrmaSendRequest** bad);

    [LibraryImport(Library, EntryPoint = "urma_poll_jfc")]
    public static partial int PollJfc(nint jfc, int count, UrmaRecord* records);

    [LibraryImport(Library, EntryPoint = "urma_rearm_jfc")]
    public static partial int RearmJfc(nint jfc, byte solicitedOnly);

    /// <summary>Blocks.</summary>
    [LibraryImport(Library, EntryPoint = "urma_wait_jfc", SetLastError = true)]
    public static partial int WaitJfc(nint jfce, uint count, int timeoutMs, nint* ready);

    [LibraryImport(Library, EntryPoint = "urma_ack_jfc")]
    public static partial void AckJfc(nint* ready, uint* counts, uint count);

    /// <summary>Blocks.</summary>
    [LibraryImport(Library, EntryPoint = "urma_get_async_event")]
    public static partial int GetAsyncEvent(nint context, UrmaAsyncEvent* got);

    [LibraryImport(Library, EntryPoint = "urma_ack_async_event")]
    public static partial void AckAsyncEvent(UrmaAsyncEvent* got);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int CloseDescriptor(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }
}
