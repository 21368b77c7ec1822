using System.Net;
using System.Net.Sockets;

namespace ClusterRas.Beds;

/// <summary>Stands at the address that a DIE has in the topology and passes on to where its rasd listens.</summary>
/// <remarks>
/// A cut rail passes nothing on and closes nothing, as a cable does: whoever dials or writes just hears no more. Who
/// dials is known by the source address, since a rasd dials from the address that it listens on.
/// </remarks>
public sealed class Relay(IPEndPoint inMap, IPEndPoint real, Rail target, Func<IPAddress, Rail?> railOfSource)
    : IDisposable
{
    private const int BufferLength = 16 * 1024;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stop = new();

    /// <summary>Takes the address; throws if somebody else has it.</summary>
    public void Open()
    {
        listener.Bind(inMap);
        listener.Listen(backlog: 512);
        _ = AcceptAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await listener.AcceptAsync(stop.Token));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The bed is closed.
        }
    }

    private async Task PassAsync(Socket dialler)
    {
        using var near = dialler;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        near.NoDelay = far.NoDelay = true;
        try
        {
            var source = near.RemoteEndPoint is IPEndPoint from ? railOfSource(from.Address) : null;
            await UpAsync(source);
            await far.ConnectAsync(real, stop.Token);
            await Task.WhenAll(PumpAsync(near, far, source), PumpAsync(far, near, source));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody listens, or one side is gone: both sockets close, and the other side sees it.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Rail? source)
    {
        var buffer = new byte[BufferLength];
        try
        {
            while (true)
            {
                var length = await from.ReceiveAsync(buffer, stop.Token);

                // After the read: what was under way when the rail was cut does not arrive either, ends included.
                await UpAsync(source);
                if (length == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                for (var sent = 0; sent < length; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent..length), stop.Token);
                }
            }
        }
        catch (SocketException)
        {
            await UpAsync(source);
            from.Dispose();
            to.Dispose();
            throw;
        }
    }

    private async Task UpAsync(Rail? source)
    {
        await target.WhenUp().WaitAsync(stop.Token);
        if (source is not null)
        {
            await source.WhenUp().WaitAsync(stop.Token);
        }
    }
}
