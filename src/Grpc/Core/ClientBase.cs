namespace Grpc.Core;

/// <summary>What generated clients are made of.</summary>
public abstract class ClientBase
{
    private readonly CallInvoker? invoker;

    /// <summary>For test doubles, whose methods are all overridden.</summary>
    protected ClientBase() { }

    /// <summary>A client of that channel.</summary>
    protected ClientBase(ChannelBase channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        invoker = channel.CreateCallInvoker();
    }

    /// <summary>A client of that invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        invoker = callInvoker;
    }

    /// <summary>A client made from another one.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        invoker = configuration.Invoker;
    }

    /// <summary>Where calls go.</summary>
    /// <exception cref="InvalidOperationException">This is a test double.</exception>
    protected CallInvoker CallInvoker =>
        invoker ?? throw new InvalidOperationException("This client was made without a channel.");

    /// <summary>What one client hands to another that is made from it.</summary>
    protected internal class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker invoker)
        {
            Invoker = invoker;
        }

        internal CallInvoker Invoker { get; }
    }
}

/// <summary>What generated clients derive from.</summary>
/// <typeparam name="T">The generated client.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>For test doubles.</summary>
    protected ClientBase() { }

    /// <summary>A client of that channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel) { }

    /// <summary>A client of that invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker) { }

    /// <summary>A client made from another one.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration) { }

    /// <summary>A client of the same type, configured so.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
