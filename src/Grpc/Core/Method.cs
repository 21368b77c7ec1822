namespace Grpc.Core;

/// <summary>The four shapes of a call.</summary>
public enum MethodType
{
    /// <summary>One message each way.</summary>
    Unary,

    /// <summary>Many requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, many responses.</summary>
    ServerStreaming,

    /// <summary>Many messages both ways, each way in its own time.</summary>
    DuplexStreaming,
}

/// <summary>A method, without its message types.</summary>
public interface IMethod
{
    /// <summary>Its shape.</summary>
    MethodType Type { get; }

    /// <summary>The service with its package, e.g. <c>clusterras.v1.Link</c>.</summary>
    string ServiceName { get; }

    /// <summary>The method alone, e.g. <c>Open</c>.</summary>
    string Name { get; }

    /// <summary>The path on the wire: <c>/service/method</c>.</summary>
    string FullName { get; }
}

/// <summary>A method with the marshallers of its messages; made once, by generated code.</summary>
public class Method<TRequest, TResponse> : IMethod
{
    /// <summary>A method of a service.</summary>
    public Method(
        MethodType type,
        string serviceName,
        string name,
        Marshaller<TRequest> requestMarshaller,
        Marshaller<TResponse> responseMarshaller
    )
    {
        Type = type;
        ServiceName = serviceName;
        Name = name;
        RequestMarshaller = requestMarshaller;
        ResponseMarshaller = responseMarshaller;
        FullName = $"/{serviceName}/{name}";
    }

    /// <inheritdoc />
    public MethodType Type { get; }

    /// <inheritdoc />
    public string ServiceName { get; }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string FullName { get; }

    /// <summary>Requests to bytes and back.</summary>
    public Marshaller<TRequest> RequestMarshaller { get; }

    /// <summary>Responses to bytes and back.</summary>
    public Marshaller<TResponse> ResponseMarshaller { get; }
}
