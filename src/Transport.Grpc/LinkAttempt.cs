using ClusterRas.Protocol;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Transport.Grpc;

/// <summary>One attempt to reach the peer: TCP, both streams, and on each the opening both ways.</summary>
internal sealed class LinkAttempt(GrpcLink link, GrpcTransport transport)
{
    /// <summary>How it failed.</summary>
    public LinkLoss Loss { get; private set; } = LinkLoss.Closed;

    /// <summary>In words.</summary>
    public string Reason { get; private set; } = "";

    /// <returns>The connection, not yet read from; null: it failed.</returns>
    public async Task<DialledConnection?> RunAsync(CancellationToken stop)
    {
        var options = transport.Options;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(stop);
        within.CancelAfter(options.OpenWithin);
        var address = link.Address;
        var socket = new LinkSocket(address, options.ConnectWithin, options.PingEvery);
        var channel = GrpcChannel.ForAddress(
            $"http://{address.Peer}",
            new GrpcChannelOptions
            {
                HttpHandler = socket.CreateHandler(),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = GrpcTransport.MessageBytesMax,
            }
        );
        AsyncDuplexStreamingCall<LinkFrame, LinkFrame>? frames = null;
        AsyncDuplexStreamingCall<BulkChunk, BulkChunk>? bulk = null;
        try
        {
            var number = link.NextNumber();
            var client = new Link.LinkClient(channel);
            // The calls outlive the attempt.
            frames = client.Open(cancellationToken: CancellationToken.None);
            var opening = new LinkFrame { Opening = Opening(number) };
            if (!IsAnswer((await AskAsync(frames, opening, within.Token).ConfigureAwait(false)).Opening, number))
            {
                return null;
            }

            bulk = client.Bulk(cancellationToken: CancellationToken.None);
            var chunk = new BulkChunk { Opening = Opening(number) };
            if (!IsAnswer((await AskAsync(bulk, chunk, within.Token).ConfigureAwait(false)).Opening, number))
            {
                return null;
            }

            var connection = new DialledConnection(number, channel, frames, bulk);
            (frames, bulk, channel) = (null, null, null);
            return connection;
        }
        catch (Exception e) when (LinkFailure.IsLoss(e))
        {
            Loss = socket.Loss ?? (within.IsCancellationRequested ? LinkLoss.Unreachable : LinkLoss.Closed);
            Reason = socket.Loss is null ? LinkFailure.TextOf(e) : socket.Reason;
            return null;
        }
        finally
        {
            frames?.Dispose();
            bulk?.Dispose();
            channel?.Dispose();
        }
    }

    /// <summary>Writes before response headers have come: some servers send them with their first message.</summary>
    private static async Task<T> AskAsync<T>(AsyncDuplexStreamingCall<T, T> call, T opening, CancellationToken within)
        where T : class
    {
        await call.RequestStream.WriteAsync(opening, within).ConfigureAwait(false);
        return await call.ResponseStream.MoveNext(within).ConfigureAwait(false)
            ? call.ResponseStream.Current
            : throw new IOException("the peer has ended the stream");
    }

    private LinkOpening Opening(ulong number) =>
        new()
        {
            FromNode = (uint)transport.Self.Value,
            ToNode = (uint)link.Id.Peer.Value,
            Die = (uint)link.Id.Die.Value,
            Connection = number,
        };

    private bool IsAnswer(LinkOpening? answer, ulong number)
    {
        if (
            answer is { HasFromNode: true, HasToNode: true }
            && answer.FromNode == (uint)link.Id.Peer.Value
            && answer.ToNode == (uint)transport.Self.Value
            && answer.Die == (uint)link.Id.Die.Value
            && answer.Connection == number
        )
        {
            return true;
        }

        Reason = "somebody else has answered";
        return false;
    }
}
