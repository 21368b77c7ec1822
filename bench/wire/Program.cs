using System.Runtime.InteropServices;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using ClusterRas.Transport.Urma;
using ClusterRas.Transport.Urma.Native;
using ClusterRas.Transport.Uvb;
using ClusterRas.Transport.Uvb.Native;
using ClusterRas.WireBench;

int[] sizes = [40, 512, 4096 - 256];
Eid here = new(0xfd00_0000_0000_0000, 1);
Eid there = new(0xfd00_0000_0000_0000, 2);
var path = Path.GetFullPath(args.Length > 0 ? args[0] : "artifacts/native/liburma_sim.so");
var folder = Directory.CreateTempSubdirectory("wire").FullName;
UrmaLibrary? library = null;
if (!File.Exists(path))
{
    Console.WriteLine($"urma: skipped, there is no {path}");
}
else
{
    Command($"fabric {folder}");
    Command($"device here {here}");
    Command($"device there {there}");
    UrmaLibrary.TryOpen(path, out library, out var reason);
    Console.WriteLine(library is null ? $"urma: skipped, {reason}" : $"urma: {library.Name}");
}

var shim = Path.Combine(Path.GetDirectoryName(path) ?? ".", "libcras_uvb.so");
UvbLibrary.TryOpen(shim, out var windows, out var whyNot);
Console.WriteLine(windows is null ? $"uvb: skipped, {whyNot}" : $"uvb: simulated {shim}");
var device = $"shm:{Path.Combine(folder, "uvb")}";
Console.WriteLine($"{"wire", -30} {"size", 8} {"p50", 12} {"p99", 12} {"frames/s", 12}");
foreach (var size in sizes)
{
    Meter.Tell("bare packet sockets", size, BareWires.Sockets(size), null);
    if (library is not null)
    {
        Meter.Tell("bare urma (simulated)", size, BareWires.Engine(library, here, there, size), null);
        var urma = new UrmaTransportOptions { LibraryPath = path };
        await MeasureAsync(
            "urma (simulated)",
            size,
            new UrmaTransport(new NodeId(0), [new UrmaLinkAddress(Link(1, TransportKind.Urma), here, there)], urma),
            new UrmaTransport(new NodeId(1), [new UrmaLinkAddress(Link(0, TransportKind.Urma), there, here)], urma)
        );
    }

    if (windows is not null)
    {
        Meter.Tell("bare uvb call (simulated)", size, BareWires.Calls(windows, device, size), null);
        var uvb = new UvbTransportOptions { LibraryPath = shim, DevicePath = device };
        var (one, two) = (new Cna(1), new Cna(2));
        await MeasureAsync(
            "uvb (simulated)",
            size,
            new UvbTransport(new NodeId(0), [new UvbLinkAddress(Link(1, TransportKind.Uvb), one, two)], uvb),
            new UvbTransport(new NodeId(1), [new UvbLinkAddress(Link(0, TransportKind.Uvb), two, one)], uvb)
        );
    }

    await MeasureAsync("grpc", size, GrpcEnd.Create(0, 1), GrpcEnd.Create(1, 0));
    var network = new LoopbackNetwork();
    await MeasureAsync("loopback", size, Loopback(network, 0, 1), Loopback(network, 1, 0));
}

Directory.Delete(folder, recursive: true);
return 0;

static LinkId Link(int peer, TransportKind kind) => new(new NodeId(peer), new Die(0), kind);

static LoopbackTransport Loopback(LoopbackNetwork network, int self, int peer) =>
    new(
        network,
        new NodeId(self),
        TransportKind.Grpc,
        [Link(peer, TransportKind.Grpc)],
        () => MonotonicClock.Now,
        TimeSpan.FromMilliseconds(5)
    );

static async Task MeasureAsync(string wire, int size, ITransport near, ITransport far)
{
    await using var ends = new Ends(near, far);
    await ends.StartAsync();
    var times = ends.RoundTrips(Sized(1, size));
    Meter.Tell(wire, size, times, ends.FramesASecond(number => Sized(number, size)));
}

// An entry of a kind that no version knows: field 1000, so many bytes.
static Frame Sized(int number, int size)
{
    var payload = new byte[size + 6];
    payload[0] = 0xc2;
    payload[1] = 0x3e;
    for (var at = 0; at < 4; at++)
    {
        payload[2 + at] = (byte)(((size >> (7 * at)) & 0x7f) | (at < 3 ? 0x80 : 0));
    }

    var entry = new Entry(new LogIndex(1), new Term(1), new EntryPayload.Unknown(EquatableArray.Create<byte>(payload)));
    return new Frame(
        (ulong)number,
        0,
        0,
        new Message.AppendEntries(new Term(1), new DiskId(7), new LogIndex(number), new Term(1), default, 0, [entry])
    );
}

unsafe void Command(string text)
{
    var command = (delegate* unmanaged[Cdecl]<byte*, int>)
        NativeLibrary.GetExport(NativeLibrary.Load(path), "urma_sim_command");
    fixed (byte* bytes = Encoding.ASCII.GetBytes(text + "\0"))
    {
        if (command(bytes) != 0)
        {
            throw new InvalidOperationException(text);
        }
    }
}
