using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClusterRas.Console.Door;

/// <summary>Looks at the first bytes of a connection: HTTP/2 begins with its preface, and a browser with a method.</summary>
public static class PrefaceSplit
{
    private static readonly TimeSpan FirstBytesWithin = TimeSpan.FromSeconds(10);

    /// <summary>What every HTTP/2 client says first begins so (RFC 9113, 3.4), and no HTTP/1.1 request of a browser does.</summary>
    private static ReadOnlySpan<byte> Preface => "PRI "u8;

    /// <summary>Hands whoever does not speak HTTP/2 over to the console.</summary>
    public static void HandOver(this ListenOptions listen, HandedConnections console) =>
        listen.Use(next => connection => RouteAsync(connection, next, console));

    private static async Task RouteAsync(
        ConnectionContext connection,
        ConnectionDelegate next,
        HandedConnections console
    )
    {
        bool? isHttp2;
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
            soon.CancelAfter(FirstBytesWithin);
            isHttp2 = await LookAsync(connection, soon.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ConnectionResetException)
        {
            isHttp2 = null;
        }

        if (isHttp2 is null)
        {
            connection.Abort();
            return;
        }

        await (isHttp2.Value ? next(connection) : console.ServeAsync(connection)).ConfigureAwait(false);
    }

    /// <returns>Null: it has ended and said nothing.</returns>
    private static async Task<bool?> LookAsync(ConnectionContext connection, CancellationToken cancel)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (buffer.Length >= Preface.Length)
            {
                var isHttp2 = IsPreface(buffer);
                // Nothing is taken and nothing counts as looked at: the next reader finds it all at once.
                connection.Transport.Input.AdvanceTo(buffer.Start);
                return isHttp2;
            }

            if (read.IsCompleted)
            {
                connection.Transport.Input.AdvanceTo(buffer.End);
                return null;
            }

            connection.Transport.Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool IsPreface(System.Buffers.ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[4];
        System.Buffers.BuffersExtensions.CopyTo(buffer.Slice(0, first.Length), first);
        return first.SequenceEqual(Preface);
    }
}
