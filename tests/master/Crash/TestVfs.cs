using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>The disk below SQLite: its own unix VFS, with what changes a file led through <see cref="WatchedDisk"/>. Files of other
/// folders, reading, locks and the shared memory of the write-ahead log are SQLite's own all along.</summary>
/// <remarks>Registered once as the default of this process, since the ledger names no VFS. Source of the layouts:
/// sqlite3.h 3.40 (sqlite.org/c3ref/vfs.html, io_methods.html), part of SQLite's frozen interface.</remarks>
internal static unsafe partial class TestVfs
{
    private const string Library = "libsqlite3.so.0";
    private const int Ok = 0;

    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<string, WatchedDisk> Disks = new(StringComparer.Ordinal);

    /// <summary>Open files of watched folders, by their <c>sqlite3_file*</c>.</summary>
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();

    /// <summary>Our method table for each of SQLite's own.</summary>
    private static readonly Dictionary<nint, nint> Tables = [];

    private static Vfs* own;

    /// <summary>From now on all that SQLite does to files in this folder is seen by the disk.</summary>
    public static void Watch(WatchedDisk disk)
    {
        lock (Gate)
        {
            Register();
        }

        Disks[disk.Folder] = disk;
    }

    /// <summary>Ends what <see cref="Watch"/> began; no file of the folder may be open.</summary>
    public static void Forget(WatchedDisk disk) => Disks.TryRemove(disk.Folder, out _);

    private static void Register()
    {
        if (own != null)
        {
            return;
        }

        own = Find(0);
        var copy = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *copy = *own;
        copy->Next = 0;
        copy->Name = Marshal.StringToCoTaskMemUTF8("clusterras-test");
        copy->Open = &Open;
        copy->Delete = &Delete;
        if (Register(copy, makeDefault: 1) != Ok)
        {
            throw new InvalidOperationException("SQLite takes no VFS.");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, FileHead* file, int flags, int* outFlags)
    {
        var code = own->Open(own, name, file, flags, outFlags);
        var (disk, path) = Locate(name);
        if (code == Ok && disk is not null)
        {
            lock (Gate)
            {
                Files[(nint)file] = new OpenFile(disk, Path.GetFileName(path), file->Methods);
                file->Methods = TableFor(file->Methods);
            }
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* name, int syncsFolder)
    {
        var (disk, path) = Locate(name);
        var code = own->Delete(own, name, syncsFolder);
        if (code == Ok && disk is not null)
        {
            disk.Deleted(Path.GetFileName(path), syncsFolder != 0);
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(FileHead* file)
    {
        _ = Files.TryRemove((nint)file, out var open);
        return open!.Own->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(FileHead* file, byte* bytes, int count, long offset)
    {
        var open = Files[(nint)file];
        var (answer, taken) = open.Disk.OnWrite(open.Name, offset, new ReadOnlySpan<byte>(bytes, count));
        var code = taken > 0 ? open.Own->Write(file, bytes, taken, offset) : Ok;
        return code != Ok ? code : (int)answer;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(FileHead* file, long size)
    {
        var open = Files[(nint)file];
        var answer = open.Disk.OnTruncate(open.Name, size);
        return answer != DiskAnswer.Done ? (int)answer : open.Own->Truncate(file, size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(FileHead* file, int flags)
    {
        // Nothing is really synced: the crash image decides what was on the disk.
        var open = Files[(nint)file];
        return (int)open.Disk.OnSync(open.Name);
    }

    private static Methods* TableFor(Methods* theirs)
    {
        if (!Tables.TryGetValue((nint)theirs, out var ours))
        {
            var copy = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
            *copy = *theirs;
            copy->Close = &Close;
            copy->Write = &Write;
            copy->Truncate = &Truncate;
            copy->Sync = &Sync;
            ours = (nint)copy;
            Tables.Add((nint)theirs, ours);
        }

        return (Methods*)ours;
    }

    private static (WatchedDisk? Disk, string Path) Locate(byte* name)
    {
        var path = Marshal.PtrToStringUTF8((nint)name) ?? "";
        return (Disks.GetValueOrDefault(Path.GetDirectoryName(path) ?? ""), path);
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    private static partial Vfs* Find(nint name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(Vfs* vfs, int makeDefault);

    private sealed class OpenFile(WatchedDisk disk, string name, Methods* own)
    {
        public WatchedDisk Disk { get; } = disk;

        public string Name { get; } = name;

        public Methods* Own { get; } = own;
    }

    /// <summary>Where each <c>sqlite3_file</c> begins.</summary>
    private struct FileHead
    {
        public Methods* Methods;
    }

    /// <summary><c>sqlite3_vfs</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileBytes;
        public int PathLengthMax;
        public nint Next;
        public nint Name;
        public nint AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, FileHead*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public nint Access;
        public nint FullPathname;
        public nint DlOpen;
        public nint DlError;
        public nint DlSym;
        public nint DlClose;
        public nint Randomness;
        public nint Sleep;
        public nint CurrentTime;
        public nint GetLastError;
        public nint CurrentTimeInt64;
        public nint SetSystemCall;
        public nint GetSystemCall;
        public nint NextSystemCall;
    }

    /// <summary><c>sqlite3_io_methods</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<FileHead*, int> Close;
        public nint Read;
        public delegate* unmanaged[Cdecl]<FileHead*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<FileHead*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<FileHead*, int, int> Sync;
        public nint FileSize;
        public nint Lock;
        public nint Unlock;
        public nint CheckReservedLock;
        public nint FileControl;
        public nint SectorSize;
        public nint DeviceCharacteristics;
        public nint ShmMap;
        public nint ShmLock;
        public nint ShmBarrier;
        public nint ShmUnmap;
        public nint Fetch;
        public nint Unfetch;
    }
}
