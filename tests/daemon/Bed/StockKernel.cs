using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Sentry;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Daemon.Tests;

/// <summary>A machine with nothing but its kernel, which says its last words to the jetties of others: 40 bytes, in no session.</summary>
/// <remarks>On a fabric of the simulated liburma that daemons join too, with <see cref="Around"/>.</remarks>
internal sealed class StockKernel : IUrmaPortOwner, IDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static int kernels;

    private readonly ConcurrentQueue<NodeMessage> heard = [];
    private readonly string device = $"kernel{Interlocked.Increment(ref kernels)}";
    private readonly Eid eid;
    private readonly UrmaPort port;

    public StockKernel(Eid eid)
    {
        this.eid = eid;
        Command($"fabric {Fabric.FullName}");
        Command($"device {device} {eid}");
        UrmaLibrary.TryOpen(NativeWires.UrmaLibrary, out var library, out var reason).ShouldBeTrue(reason);
        port = UrmaPort
            .TryOpen(library, this, new Die(0), eid, ClusterMap.Jetty, 96, out reason)
            .ShouldNotBeNull(reason);
    }

    /// <summary>Acks that came, each as it came.</summary>
    public IReadOnlyCollection<NodeMessage> Acks => [.. heard];

    private static DirectoryInfo Fabric { get; } = NewFabric();

    /// <summary>What goes around a daemon that has a device with this address on the same fabric.</summary>
    public static string[] Around(Eid own) => ["env", $"URMA_SIM_COMMANDS=fabric {Fabric.FullName};device sim0 {own}"];

    /// <summary>Says a message to one node, once a round until it is acked, as a kernel does that waits.</summary>
    public async Task SayUntilAckedAsync(Eid to, NodeMessage message)
    {
        var patience = RealCluster.Patience;
        using var rounds = new PeriodicTimer(Round);
        while (heard.IsEmpty && patience > TimeSpan.Zero)
        {
            Say(to, message);
            await rounds.WaitForNextTickAsync();
            patience -= Round;
        }

        heard.ShouldNotBeEmpty("no ack has come");
    }

    /// <summary>Says a message once; what is sent on a dead link looks successful.</summary>
    public void Say(Eid to, NodeMessage message)
    {
        using var target = port.TryImport(to, ClusterMap.Jetty, out var errno);
        target.ShouldNotBeNull($"errno {errno}");
        var slot = port.TakeSlot();
        NodeMessageCodec.Write(message, port.Sending(slot));
        port.Post(slot, NodeMessageCodec.Size, target, this, 0).ShouldBeTrue();
    }

    public void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty)
    {
        if (NodeMessageCodec.TryRead(port.Received(slot, length), out var message))
        {
            heard.Enqueue(message);
        }

        port.Repost(slot);
    }

    public void Sent(UrmaPort port, object owner, uint tag, UrmaStatus status) { }

    public void SlotsFree(UrmaPort port) { }

    public void Tick(UrmaPort port) { }

    public void Lost(UrmaPort port, string reason) { }

    public void Dispose()
    {
        port.Dispose();
        Command($"remove {device}");
    }

    // The library in this process joins one fabric, and keeps it.
    private static DirectoryInfo NewFabric()
    {
        var fabric = Directory.CreateTempSubdirectory("fabric");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => fabric.Delete(recursive: true);
        return fabric;
    }

    private static unsafe void Command(string text)
    {
        var command = (delegate* unmanaged[Cdecl]<byte*, int>)
            NativeLibrary.GetExport(NativeLibrary.Load(NativeWires.UrmaLibrary), "urma_sim_command");
        fixed (byte* bytes = Encoding.ASCII.GetBytes(text + "\0"))
        {
            command(bytes).ShouldBe(0, text);
        }
    }
}
