using System.Buffers;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client;

/// <summary>Cuts a response body into messages, in one pooled buffer.</summary>
internal sealed class ResponseReader(Stream body, string? encoding, int? lengthMax)
    : DeserializationContext,
        IDisposable
{
    private const int BufferLengthMin = 4096;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLengthMin);
    private int start;
    private int end;
    private int payloadLength;

    public override int PayloadLength => payloadLength;

    /// <summary>Waits for the next message; false: the body ended after a whole one.</summary>
    /// <exception cref="RpcException">The framing is broken, or the message is too long.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken stop)
    {
        start += payloadLength;
        payloadLength = 0;
        while (end - start < MessageHeader.Length)
        {
            if (!await FillAsync(MessageHeader.Length, stop).ConfigureAwait(false))
            {
                return start == end ? false : throw MessageHeader.Truncated();
            }
        }

        var length = MessageHeader.Read(buffer.AsSpan(start), encoding, lengthMax, StatusCode.Internal);
        start += MessageHeader.Length;
        while (end - start < length)
        {
            if (!await FillAsync(length, stop).ConfigureAwait(false))
            {
                throw MessageHeader.Truncated();
            }
        }

        payloadLength = length;
        return true;
    }

    public override byte[] PayloadAsNewBuffer() => buffer.AsSpan(start, payloadLength).ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(buffer, start, payloadLength);

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = [];
        start = end = payloadLength = 0;
    }

    private async ValueTask<bool> FillAsync(int needed, CancellationToken stop)
    {
        MakeRoom(needed);
        var read = await body.ReadAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read;
        return read > 0;
    }

    /// <summary>Room for a run of that many bytes from <c>start</c> on, and for at least one byte to be read.</summary>
    private void MakeRoom(int needed)
    {
        if (start == end)
        {
            start = end = 0;
        }

        if (end < buffer.Length && (start == 0 || buffer.Length - start >= needed))
        {
            return;
        }

        // A long message doubles the buffer as it arrives: a header alone must not make us take 4 MiB.
        var length = end - start;
        var wanted = Math.Min(needed, 2 * Math.Max(length, BufferLengthMin));
        if (wanted <= buffer.Length && length < buffer.Length)
        {
            buffer.AsSpan(start, length).CopyTo(buffer);
        }
        else
        {
            var grown = ArrayPool<byte>.Shared.Rent(wanted);
            buffer.AsSpan(start, length).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = grown;
        }

        start = 0;
        end = length;
    }
}
