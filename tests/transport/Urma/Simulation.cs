using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>The simulated liburma of this process: one fabric, to which each test adds devices of its own.</summary>
internal static unsafe class Simulation
{
    private static readonly Lock Gate = new();
    private static bool isReady;
    private static int eids;

    /// <summary>Where <c>./x build</c> puts native parts.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Where jetties of this process, and of its children, meet.</summary>
    public static string Fabric { get; private set; } = "";

    /// <summary>The library; skips the test where there is no C compiler to have built it.</summary>
    public static string LibraryPath
    {
        get
        {
            var path = Path.Combine(Folder, "liburma_sim.so");
            Assert.SkipUnless(File.Exists(path), "the simulated liburma is not built: ./x build, with a C compiler");
            lock (Gate)
            {
                if (!isReady)
                {
                    isReady = true;
                    Fabric = Directory.CreateTempSubdirectory("urma").FullName;
                    AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Fabric, recursive: true);
                    Command($"fabric {Fabric}", path);
                    UrmaLibrary.TryOpen(path, out _, out var reason).ShouldBeTrue(reason);
                }
            }

            return path;
        }
    }

    /// <summary>An address that no other test has.</summary>
    public static Eid NewEid() => new(0xfd00_0000_0000_0000, (ulong)Interlocked.Increment(ref eids));

    /// <summary>A device of its own with these addresses.</summary>
    public static string AddDevice(params ReadOnlySpan<Eid> addresses)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"sim{Interlocked.Increment(ref eids)}");
        Command($"device {name} {string.Join(' ', addresses.ToArray())}");
        return name;
    }

    public static void Command(string text) => Command(text, LibraryPath);

    private static void Command(string text, string path)
    {
        var command = (delegate* unmanaged[Cdecl]<byte*, int>)
            NativeLibrary.GetExport(NativeLibrary.Load(path), "urma_sim_command");
        fixed (byte* bytes = Encoding.ASCII.GetBytes(text + "\0"))
        {
            command(bytes).ShouldBe(0, text);
        }
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ClusterRas.sln")))
            {
                return Path.Combine(folder.FullName, "artifacts", "native");
            }
        }

        throw new InvalidOperationException($"no ClusterRas.sln above {AppContext.BaseDirectory}");
    }
}
