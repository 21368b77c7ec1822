using System.Buffers;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client;

/// <summary>One message with its header in one pooled buffer, so that it is one write.</summary>
internal sealed class RequestSerializer(int? lengthMax) : SerializationContext, IBufferWriter<byte>
{
    private byte[] buffer = [];
    private int written;
    private bool isComplete;

    /// <summary>The bytes to send; valid until <see cref="Release" />.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(T message, Marshaller<T> marshaller)
    {
        isComplete = false;
        Reserve(MessageHeader.Length);
        written = MessageHeader.Length;
        marshaller.ContextualSerializer(message, this);
        if (!isComplete)
        {
            throw new InvalidOperationException("The serializer did not complete the message.");
        }

        var payloadLength = written - MessageHeader.Length;
        MessageHeader.RequireSendable(payloadLength, lengthMax);
        MessageHeader.Write(buffer, payloadLength);
        return buffer.AsMemory(0, written);
    }

    public void Release()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = [];
        written = 0;
    }

    public override void SetPayloadLength(int payloadLength)
    {
        MessageHeader.RequireSendable(payloadLength, lengthMax);
        Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete() => isComplete = true;

    public override void Complete(byte[] payload)
    {
        SetPayloadLength(payload.Length);
        payload.CopyTo(buffer, written);
        written += payload.Length;
        Complete();
    }

    public void Advance(int count) => written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return buffer.AsMemory(written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int length)
    {
        if (buffer.Length - written >= length)
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(written + length, Math.Min(2 * written, Array.MaxLength)));
        buffer.AsSpan(0, written).CopyTo(grown);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = grown;
    }
}
