using System.Buffers;

namespace Grpc.Core;

/// <summary>
/// Where a serializer puts one message: either all at once, or its length, then its bytes, then complete.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>The whole message; ends the message.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Where the bytes go. With the length set before, exactly so many must be written.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>The length in bytes, if it is known; before the first byte.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: longer than may be sent.</exception>
    public virtual void SetPayloadLength(int payloadLength) => throw new NotImplementedException();

    /// <summary>Ends a message that was written to the buffer writer.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}

/// <summary>Where a deserializer finds one message.</summary>
public abstract class DeserializationContext
{
    /// <summary>Length in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy that the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The bytes in the call's own buffers; valid only until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
