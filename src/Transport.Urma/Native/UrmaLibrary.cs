using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Urma.Native;

/// <summary>A device of the library, and which of its addresses is meant. Borrowed: valid as long as the library is.</summary>
internal readonly record struct UrmaDevice(nint Pointer, uint EidIndex, string Name, bool IsSimulated);

/// <summary>The one liburma of this process: found, told apart, and initialised once.</summary>
/// <remarks>
/// The version macro of the library says the same for layouts that differ, so lines are told apart by what they export.
/// After an init that failed nothing may list devices: the library would spin for ever, inside a call that cannot be
/// cancelled. So all that needs an init asks here first.
/// </remarks>
internal sealed class UrmaLibrary
{
    /// <summary>The file that distributions install; the bare name is in development packages only.</summary>
    public const string PathDefault = "liburma.so.0";

    private const string SimulatorMark = "urma_sim_command";

    // What our own provider writes where others have a device node: the library may be the real one, and the device not.
    private const string SimulatedPath = "/simulated/";

    // One bonds several devices and wants other imports; a plain device is always beside it.
    private const string BondingPrefix = "bonding_dev";

    private static readonly Lock Gate = new();
    private static UrmaLibrary? present;
    private readonly nint handle;
    private bool isInitialised;

    private UrmaLibrary(string path, nint handle, bool hasPriorities)
    {
        Path = path;
        this.handle = handle;
        HasPriorities = hasPriorities;
        IsSimulated = NativeLibrary.TryGetExport(handle, SimulatorMark, out _);
    }

    /// <summary>As it was asked for.</summary>
    public string Path { get; }

    /// <summary>It is our own test double. One that is not may have simulated devices all the same.</summary>
    public bool IsSimulated { get; }

    /// <summary>Devices of this line tell which priority has which transport path.</summary>
    public bool HasPriorities { get; }

    /// <summary>For logs: the path, and whether it is simulated.</summary>
    public string Name => IsSimulated ? $"simulated {Path}" : Path;

    /// <summary>Finds the library and initialises it; both once for the process.</summary>
    /// <returns>False, with one line that says why and what would help. May be tried again.</returns>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out UrmaLibrary? library,
        [NotNullWhen(false)] out string? reason
    )
    {
        lock (Gate)
        {
            library = null;
            if (present is not null && present.Path != path)
            {
                reason = $"{path}: this process uses {present.Path} already";
                return false;
            }

            if (present is null)
            {
                if (!TryLoad(path, out var found, out reason))
                {
                    return false;
                }

                present = found;
                NativeLibrary.SetDllImportResolver(typeof(UrmaNative).Assembly, Resolve);
            }

            if (!present.TryInitialise(out reason))
            {
                return false;
            }

            library = present;
            return true;
        }
    }

    /// <summary>Loads a library and looks whether it is one that we speak with; calls nothing.</summary>
    public static bool TryLoad(
        string path,
        [NotNullWhen(true)] out UrmaLibrary? library,
        [NotNullWhen(false)] out string? reason
    )
    {
        library = null;
        if (!NativeLibrary.TryLoad(path, out var handle))
        {
            reason = $"{path} cannot be loaded: not installed, or what it needs is missing";
            return false;
        }

        reason = Refusal(path, handle);
        if (reason is not null)
        {
            NativeLibrary.Free(handle);
            return false;
        }

        library = new UrmaLibrary(path, handle, NativeLibrary.TryGetExport(handle, "urma_get_rjetty", out _));
        return true;
    }

    /// <summary>The device that has this address; of several the first, and as listed before byte for byte reversed.</summary>
    public unsafe bool TryFind(Eid eid, out UrmaDevice found, [NotNullWhen(false)] out string? reason)
    {
        lock (Gate)
        {
            found = default;
            if (!isInitialised)
            {
                reason = $"{Name} is not initialised";
                return false;
            }

            var count = 0;
            var devices = UrmaNative.GetDeviceList(&count);
            if (devices is null)
            {
                reason = $"{Name} has no device (errno {Marshal.GetLastPInvokeError()})";
                return false;
            }

            try
            {
                foreach (var isReversed in (ReadOnlySpan<bool>)[false, true])
                {
                    for (var at = 0; at < count; at++)
                    {
                        if (TryFind(devices[at], eid, isReversed, out found))
                        {
                            reason = null;
                            return true;
                        }
                    }
                }
            }
            finally
            {
                UrmaNative.FreeDeviceList(devices);
            }

            reason = $"none of the {count} devices of {Name} has eid {eid}";
            return false;
        }
    }

    private unsafe bool TryFind(nint device, Eid eid, bool isReversed, out UrmaDevice found)
    {
        found = default;
        var name = Text(device, 0, UrmaNative.DeviceNameBytes);
        uint count = 0;
        var list = name.StartsWith(BondingPrefix, StringComparison.Ordinal)
            ? null
            : UrmaNative.GetEidList(device, &count);
        if (list is null)
        {
            return false;
        }

        for (var at = 0; at < count; at++)
        {
            if ((isReversed ? list[at].Eid.ToReversedEid() : list[at].Eid.ToEid()) == eid)
            {
                var path = Text(device, UrmaNative.DevicePathOffset, SimulatedPath.Length);
                found = new UrmaDevice(device, list[at].EidIndex, name, IsSimulated || path == SimulatedPath);
                break;
            }
        }

        UrmaNative.FreeEidList(list);
        return found.Pointer != 0;
    }

    private static unsafe string Text(nint device, int offset, int length)
    {
        var bytes = new ReadOnlySpan<byte>((byte*)device + offset, length);
        var end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static string? Refusal(string path, nint handle)
    {
        var has = (string name) => NativeLibrary.TryGetExport(handle, name, out _);
        var line = (has("urma_get_rjetty"), has("urma_alloc_jetty"), has("urma_register_sysfs_dev")) switch
        {
            (true, _, _) => null,
            (false, true, _) => "is a tag of May 2026 (25.12.0.B081) whose remote jetty has another layout",
            (false, false, true) => null,
            _ => "is of the 24.12 line, whose scatter elements have another layout, or no liburma",
        };
        if (line is not null)
        {
            return $"{path} {line}; supported are 25.12.0 and 26.06";
        }

        var missing = Imports().Where(name => !has(name)).ToList();
        return missing.Count == 0 ? null : $"{path} lacks {string.Join(", ", missing)}";
    }

    /// <summary>The names that are bound.</summary>
    internal static string[] Imports() =>
        [
            "urma_init",
            "urma_get_device_list",
            "urma_free_device_list",
            "urma_get_eid_list",
            "urma_free_eid_list",
            "urma_query_device",
            "urma_create_context",
            "urma_delete_context",
            "urma_create_jfce",
            "urma_delete_jfce",
            "urma_create_jfc",
            "urma_delete_jfc",
            "urma_create_jfr",
            "urma_delete_jfr",
            "urma_create_jetty",
            "urma_modify_jetty",
            "urma_flush_jetty",
            "urma_delete_jetty",
            "urma_register_seg",
            "urma_unregister_seg",
            "urma_import_jetty",
            "urma_unimport_jetty",
            "urma_post_jetty_recv_wr",
            "urma_post_jetty_send_wr",
            "urma_poll_jfc",
            "urma_rearm_jfc",
            "urma_wait_jfc",
            "urma_ack_jfc",
            "urma_get_async_event",
            "urma_ack_async_event",
        ];

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == UrmaNative.Library ? present?.handle ?? 0 : 0;

    private bool TryInitialise([NotNullWhen(false)] out string? reason)
    {
        var status = isInitialised ? UrmaNative.Success : UrmaNative.Init(0);
        // Somebody else in this process was first: it is initialised all the same.
        isInitialised = status is UrmaNative.Success or UrmaNative.AlreadyInitialised;
        reason =
            isInitialised ? null
            : status == UrmaNative.NoProvider
                ? $"init of {Name} failed (0x1000, errno {Marshal.GetLastPInvokeError()}): no provider for this machine's devices"
            : $"init of {Name} failed ({status})";
        return isInitialised;
    }
}
