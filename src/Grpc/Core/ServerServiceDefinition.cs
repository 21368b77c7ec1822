namespace Grpc.Core;

/// <summary>The methods of one service object; generated code makes it, a binder reads it.</summary>
public class ServerServiceDefinition
{
    private readonly List<Action<ServiceBinderBase>> methods;

    private ServerServiceDefinition(List<Action<ServiceBinderBase>> methods)
    {
        this.methods = methods;
    }

    /// <summary>Starts a definition.</summary>
    public static Builder CreateBuilder() => new();

    internal void BindService(ServiceBinderBase binder) => methods.ForEach(add => add(binder));

    /// <summary>Collects methods.</summary>
    public class Builder
    {
        private readonly List<Action<ServiceBinderBase>> methods = [];

        /// <summary>A unary method.</summary>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => With(binder => binder.AddMethod(method, handler));

        /// <summary>A method with many requests.</summary>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ClientStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => With(binder => binder.AddMethod(method, handler));

        /// <summary>A method with many responses.</summary>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => With(binder => binder.AddMethod(method, handler));

        /// <summary>A method with many messages both ways.</summary>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => With(binder => binder.AddMethod(method, handler));

        /// <summary>Ends the definition.</summary>
        public ServerServiceDefinition Build() => new([.. methods]);

        private Builder With(Action<ServiceBinderBase> add)
        {
            methods.Add(add);
            return this;
        }
    }
}
