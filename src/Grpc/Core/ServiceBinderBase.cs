namespace Grpc.Core;

/// <summary>Receives the methods of a service, one by one, from generated code.</summary>
public class ServiceBinderBase
{
    /// <summary>A unary method; the handler may be null where only the methods are asked for.</summary>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>A method with many requests.</summary>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>A method with many responses.</summary>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>A method with many messages both ways.</summary>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();
}
