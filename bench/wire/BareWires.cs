using System.Net.Sockets;
using ClusterRas.Fabric;
using ClusterRas.Transport.Urma.Native;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.WireBench;

/// <summary>What the wires stand on, without them: the floor that they are held against.</summary>
internal static class BareWires
{
    /// <summary>Two threads and a pair of local packet sockets.</summary>
    public static double[] Sockets(int size)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var near = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        near.Connect(new UnixDomainSocketEndPoint(path));
        using var far = listener.Accept();
        File.Delete(path);
        var echo = new Thread(() =>
        {
            var buffer = new byte[size];
            while (far.Receive(buffer) is > 0 and var length)
            {
                far.Send(buffer.AsSpan(0, length));
            }
        });
        echo.Start();
        var bytes = new byte[size];
        var times = Meter.RoundTrips(() =>
        {
            near.Send(bytes);
            near.Receive(bytes);
        });
        near.Shutdown(SocketShutdown.Both);
        echo.Join();
        return times;
    }

    /// <summary>Two ports on the simulated liburma, nothing of ours above them.</summary>
    public static double[] Engine(UrmaLibrary library, Eid here, Eid there, int size)
    {
        var jetty = new JettyId(21);
        using var back = new AutoResetEvent(false);
        var echo = new Echo(size);
        using var far = Open(library, echo, there, jetty);
        using var near = Open(library, new Waker(back), here, jetty);
        using var toFar = near.TryImport(there, jetty, out _)!;
        echo.Back = far.TryImport(here, jetty, out _)!;
        var times = Meter.RoundTrips(() =>
        {
            Post(near, toFar, size);
            back.WaitOne();
        });
        echo.Back.Dispose();
        return times;
    }

    /// <summary>Calls from one CNA to another, nothing of ours above them. A call is answered, so each is a way there and back.</summary>
    public static double[] Calls(UvbLibrary library, string device, int size)
    {
        using var near = Open(library, device, new Cna(1));
        using var far = Open(library, device, new Cna(2));
        var answering = new Thread(() =>
        {
            var buffer = new byte[far.WindowBytes];
            while (far.Receive(buffer, TimeSpan.FromSeconds(1), out var ticket, out _, out _) is >= 0 and var got)
            {
                if (got > 0)
                {
                    far.Reply(ticket, UvbStatus.Done, []);
                }
            }
        });
        answering.Start();
        var bytes = new byte[size];
        var times = Meter.RoundTrips(() =>
        {
            var none = Span<byte>.Empty;
            if (near.Call(new Cna(2), bytes, ref none, TimeSpan.FromSeconds(10)) is not UvbStatus.Done and var status)
            {
                throw new InvalidOperationException($"a call ended with {status}");
            }
        });
        far.Stop();
        answering.Join();
        return times;
    }

    private static UvbPort Open(UvbLibrary library, string device, Cna cna) =>
        UvbPort.TryOpen(library, device, cna, out var port, out var reason)
            ? port
            : throw new InvalidOperationException(reason);

    private static UrmaPort Open(UrmaLibrary library, IUrmaPortOwner owner, Eid eid, JettyId jetty) =>
        UrmaPort.TryOpen(library, owner, new Die(0), eid, jetty, 128, out var reason)
        ?? throw new InvalidOperationException(reason);

    private static void Post(UrmaPort port, UrmaTargetHandle target, int size)
    {
        int slot;
        while ((slot = port.TakeSlot()) < 0)
        {
            Thread.Yield();
        }

        port.Post(slot, size, target, port, 0);
    }

    private abstract class Owner : IUrmaPortOwner
    {
        public abstract void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty);

        public void Sent(UrmaPort port, object owner, uint tag, UrmaStatus status) { }

        public void SlotsFree(UrmaPort port) { }

        public void Tick(UrmaPort port) { }

        public void Lost(UrmaPort port, string reason) { }
    }

    private sealed class Waker(AutoResetEvent back) : Owner
    {
        public override void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty)
        {
            port.Repost(slot);
            back.Set();
        }
    }

    private sealed class Echo(int size) : Owner
    {
        public UrmaTargetHandle? Back { get; set; }

        public override void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty)
        {
            port.Repost(slot);
            Post(port, Back!, size);
        }
    }
}
