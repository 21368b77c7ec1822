using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Cuts a request body into messages, in the buffers of the server.</summary>
internal sealed class RequestReader(ServerCall call, HttpRequest request, int? lengthMax) : DeserializationContext
{
    private readonly PipeReader body = request.BodyReader;
    private ReadOnlySequence<byte> payload;

    public override int PayloadLength => (int)payload.Length;

    public override byte[] PayloadAsNewBuffer() => payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;

    /// <summary>The one request of the call.</summary>
    /// <exception cref="RpcException">INTERNAL: none or more than one.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        var message =
            await ReadAsync(marshaller, call.CallStop).ConfigureAwait(false)
            ?? throw Failure("The call has no message.");
        return await ReadAsync(marshaller, call.CallStop).ConfigureAwait(false) is null
            ? message
            : throw Failure("The call has more than one message.");
    }

    /// <summary>The next message; null: the client has no more.</summary>
    /// <exception cref="OperationCanceledException">The client went away, or the deadline passed.</exception>
    /// <exception cref="RpcException">The framing is broken, or the message is too long.</exception>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken stop)
        where T : class
    {
        while (true)
        {
            var read = await NextAsync(stop).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (TryCut(ref buffer))
            {
                try
                {
                    return Deserialize(marshaller);
                }
                finally
                {
                    payload = default;
                    body.AdvanceTo(buffer.Start);
                }
            }

            if (read.IsCompleted)
            {
                var isWhole = buffer.IsEmpty;
                body.AdvanceTo(buffer.End);
                return isWhole ? null : throw MessageHeader.Truncated();
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async ValueTask<ReadResult> NextAsync(CancellationToken stop)
    {
        try
        {
            return await body.ReadAsync(stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (stop.IsCancellationRequested)
        {
            // The server has several ways to say that the client has gone; handlers see one.
            throw new OperationCanceledException("The call was cancelled.", failure, stop);
        }
    }

    private bool TryCut(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < MessageHeader.Length)
        {
            return false;
        }

        // The header may lie across two segments.
        Span<byte> header = stackalloc byte[MessageHeader.Length];
        buffer.Slice(0, MessageHeader.Length).CopyTo(header);
        var length = HeaderOf(header);
        if (buffer.Length - MessageHeader.Length < length)
        {
            return false;
        }

        payload = buffer.Slice(MessageHeader.Length, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private int HeaderOf(ReadOnlySpan<byte> header)
    {
        string? encoding = request.Headers[GrpcHeaders.Encoding];
        try
        {
            return MessageHeader.Read(header, encoding, lengthMax, StatusCode.Unimplemented);
        }
        catch (RpcException failure) when (failure.StatusCode == StatusCode.Unimplemented)
        {
            if (!request.HttpContext.Response.HasStarted)
            {
                request.HttpContext.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
            }

            throw;
        }
    }

    private T Deserialize<T>(Marshaller<T> marshaller)
    {
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw Failure($"The request cannot be deserialized: {failure.Message}");
        }
    }

    private static RpcException Failure(string detail) => new(new Status(StatusCode.Internal, detail));
}
