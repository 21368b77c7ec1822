using Google.Protobuf;
using Grpc.Core;

namespace ClusterRas.Grpc.Tests;

/// <summary>Methods that no stub knows.</summary>
public static class RawMethods
{
    /// <summary>A method by its path without the first slash.</summary>
    public static Method<Ask, Reply> Named(string path, MethodType type)
    {
        var parts = path.Split('/');
        return new Method<Ask, Reply>(
            type,
            parts[0],
            parts[1],
            Marshallers.Create(static ask => ask.ToByteArray(), Ask.Parser.ParseFrom),
            Marshallers.Create(static reply => reply.ToByteArray(), Reply.Parser.ParseFrom)
        );
    }
}
