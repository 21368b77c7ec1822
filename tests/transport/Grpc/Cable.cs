using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterRas.Transport.Tests;

/// <summary>A TCP relay between two nodes that can be cut, pulled or made slow.</summary>
public sealed class Cable : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly IPEndPoint target;
    private readonly ConcurrentDictionary<Strand, bool> strands = [];
    private Socket? listener;
    private volatile bool isDead;

    public Cable(IPEndPoint at, IPEndPoint target)
    {
        At = at;
        this.target = target;
    }

    public IPEndPoint At { get; }

    /// <summary>Pause after each 64 KiB.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>Connections that it has taken since it was made.</summary>
    public int Taken { get; private set; }

    /// <summary>Takes connections.</summary>
    public void Plug()
    {
        if (listener is not null)
        {
            return;
        }

        var socket = new Socket(At.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(At);
        socket.Listen();
        listener = socket;
        _ = TakeAsync(socket);
    }

    /// <summary>Breaks all connections so that both ends see it, and refuses new ones.</summary>
    public void Cut()
    {
        listener?.Dispose();
        listener = null;
        foreach (var strand in strands.Keys)
        {
            strand.Dispose();
        }
    }

    /// <summary>The present connections carry nothing any more, and nobody is told; new ones are fine.</summary>
    public void Freeze()
    {
        foreach (var strand in strands.Keys)
        {
            strand.IsFrozen = true;
        }
    }

    /// <summary>New connections are taken, and carry nothing.</summary>
    public void Kill()
    {
        isDead = true;
        Freeze();
    }

    public void Revive() => isDead = false;

    public void Dispose() => Cut();

    private async Task TakeAsync(Socket socket)
    {
        try
        {
            while (true)
            {
                var strand = new Strand(this, await socket.AcceptAsync()) { IsFrozen = isDead };
                Taken++;
                strands[strand] = true;
                _ = strand.RunAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private sealed class Strand(Cable cable, Socket near) : IDisposable
    {
        private readonly Socket far = new(cable.target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

        public volatile bool IsFrozen;

        public async Task RunAsync()
        {
            try
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(cable.target);
                await Task.WhenAny(CarryAsync(near, far), CarryAsync(far, near)).Unwrap();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // An end is gone; the other is told.
            }

            if (!IsFrozen)
            {
                Dispose();
            }
        }

        public void Dispose()
        {
            near.Dispose();
            far.Dispose();
            cable.strands.TryRemove(this, out _);
        }

        private async Task CarryAsync(Socket from, Socket to)
        {
            var buffer = new byte[ChunkBytes];
            while (await from.ReceiveAsync(buffer) is > 0 and var count && !IsFrozen)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
                if (cable.Slowness > TimeSpan.Zero)
                {
                    await Task.Delay(cable.Slowness);
                }
            }
        }
    }
}
