using System.Text;

namespace Grpc.Core;

/// <summary>Messages of one type to bytes and back.</summary>
public class Marshaller<T>
{
    /// <summary>A marshaller over whole arrays.</summary>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>A marshaller that writes into and reads from the buffers of the call.</summary>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
    }

    /// <summary>Writes a message and completes the context.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Reads a message; the buffers are valid until it returns.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }
}

/// <summary>Makes marshallers; generated code uses it.</summary>
public static class Marshallers
{
    /// <summary>UTF-8 text.</summary>
    public static Marshaller<string> StringMarshaller { get; } =
        new(static text => Encoding.UTF8.GetBytes(text), static bytes => Encoding.UTF8.GetString(bytes));

    /// <summary>A marshaller over whole arrays.</summary>
    public static Marshaller<T> Create<T>(Func<T, byte[]> serializer, Func<byte[], T> deserializer) =>
        new(serializer, deserializer);

    /// <summary>A marshaller over the buffers of the call.</summary>
    public static Marshaller<T> Create<T>(
        Action<T, SerializationContext> serializer,
        Func<DeserializationContext, T> deserializer
    ) => new(serializer, deserializer);
}
