using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ClusterRas.Transport.Uvb.Native;

/// <summary>The one shim of this process: found, and asked for its version.</summary>
internal sealed class UvbLibrary
{
    /// <summary>Where the loader looks is the machine's to say.</summary>
    public const string PathDefault = "libcras_uvb.so";

    private static readonly Lock Gate = new();
    private static UvbLibrary? present;
    private readonly nint handle;

    private UvbLibrary(string path, nint handle)
    {
        Path = path;
        this.handle = handle;
    }

    /// <summary>As it was asked for.</summary>
    public string Path { get; }

    /// <summary>Finds the library, once for the process.</summary>
    /// <returns>False, with one line that says why. May be tried again.</returns>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out UvbLibrary? library,
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
                if (!TryLoad(path, out var handle, out reason))
                {
                    return false;
                }

                present = new UvbLibrary(path, handle);
                NativeLibrary.SetDllImportResolver(typeof(UvbNative).Assembly, Resolve);
            }

            library = present;
            reason = null;
            return true;
        }
    }

    /// <summary>Loads a library and looks whether it is one that we speak with.</summary>
    internal static unsafe bool TryLoad(string path, out nint handle, [NotNullWhen(false)] out string? reason)
    {
        if (!NativeLibrary.TryLoad(path, out handle))
        {
            reason = $"{path} cannot be loaded: not installed, or what it needs is missing";
            return false;
        }

        var loaded = handle;
        var missing = Imports().Where(name => !NativeLibrary.TryGetExport(loaded, name, out _)).ToList();
        if (missing.Count > 0)
        {
            reason = $"{path} lacks {string.Join(", ", missing)}";
            NativeLibrary.Free(handle);
            return false;
        }

        var version = ((delegate* unmanaged<uint>)NativeLibrary.GetExport(handle, "cras_uvb_version"))();
        reason =
            version >> 16 == UvbNative.VersionMajor
                ? null
                : $"{path} has version {version >> 16}.{version & 0xffff}; supported is {UvbNative.VersionMajor}";
        if (reason is not null)
        {
            NativeLibrary.Free(handle);
        }

        return reason is null;
    }

    private static string[] Imports() =>
        [
            "cras_uvb_version",
            "cras_uvb_open",
            "cras_uvb_stop",
            "cras_uvb_close",
            "cras_uvb_call",
            "cras_uvb_receive",
            "cras_uvb_reply",
            "cras_uvb_window_size",
        ];

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == UvbNative.Library ? present?.handle ?? 0 : 0;
}
