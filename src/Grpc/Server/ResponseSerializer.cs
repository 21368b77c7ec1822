using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.AspNetCore.Server;

/// <summary>Writes one message with its header straight into the buffers of the server.</summary>
internal sealed class ResponseSerializer(PipeWriter body, int? lengthMax) : SerializationContext
{
    private ArrayBufferWriter<byte>? collected;
    private int? declaredLength;
    private long unflushedBefore;
    private bool isComplete;

    /// <summary>True once bytes are in the pipe.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Makes it ready for the next message.</summary>
    public void Reset()
    {
        collected = null;
        declaredLength = null;
        isComplete = false;
        HasStarted = false;
    }

    public override void SetPayloadLength(int payloadLength)
    {
        MessageHeader.RequireSendable(payloadLength, lengthMax);
        declaredLength = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (declaredLength is not { } length)
        {
            return collected ??= new ArrayBufferWriter<byte>();
        }

        if (!HasStarted)
        {
            WriteHeader(length);
            unflushedBefore = body.CanGetUnflushedBytes ? body.UnflushedBytes : 0;
        }

        return body;
    }

    public override void Complete(byte[] payload)
    {
        SetPayloadLength(payload.Length);
        WriteHeader(payload.Length);
        body.Write(payload);
        isComplete = true;
    }

    public override void Complete()
    {
        if (declaredLength is { } length)
        {
            // An empty message may never have asked for the writer.
            GetBufferWriter();
            if (body.CanGetUnflushedBytes && body.UnflushedBytes - unflushedBefore != length)
            {
                throw new InvalidOperationException("The serializer wrote another number of bytes than it had said.");
            }

            isComplete = true;
        }
        else
        {
            Complete(collected?.WrittenSpan.ToArray() ?? []);
        }
    }

    public void RequireComplete()
    {
        if (!isComplete)
        {
            throw new InvalidOperationException("The serializer did not complete the message.");
        }
    }

    private void WriteHeader(int length)
    {
        HasStarted = true;
        MessageHeader.Write(body.GetSpan(MessageHeader.Length), length);
        body.Advance(MessageHeader.Length);
    }
}
