namespace Grpc.Core;

/// <summary>A way to one server, shared by any number of clients and threads.</summary>
public abstract class ChannelBase
{
    /// <summary>A channel to the target.</summary>
    protected ChannelBase(string target)
    {
        Target = target;
    }

    /// <summary>The server, as <c>host:port</c>.</summary>
    public string Target { get; }

    /// <summary>What clients call through.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Closes the channel.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Closes the channel.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
