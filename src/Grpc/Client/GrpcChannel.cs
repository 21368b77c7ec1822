using System.Collections.Concurrent;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>A channel over HTTP/2; connects with its first call and again when it must.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<string, Uri> paths = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource disposed = new();
    private readonly Uri address;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        this.address = address;
        ReceiveLengthMax = options.MaxReceiveMessageSize;
        SendLengthMax = options.MaxSendMessageSize;
        var handler = options.HttpHandler;
        Http = handler is null
            ? new HttpMessageInvoker(NewHandler())
            : new HttpMessageInvoker(handler, options.DisposeHttpClient);
        Disposed = disposed.Token;
    }

    internal HttpMessageInvoker Http { get; }

    internal int? ReceiveLengthMax { get; }

    internal int? SendLengthMax { get; }

    internal CancellationToken Disposed { get; }

    /// <summary>A channel to <c>http://host:port</c> (HTTP/2 in the clear) or <c>https://host:port</c>.</summary>
    /// <exception cref="ArgumentException">The address has another scheme, or none.</exception>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>The same with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address), channelOptions);

    /// <summary>The same from a Uri.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>The same from a Uri, with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"\"{address}\" is not of the form http://host:port or https://host:port.");
        }

        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc />
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Cancels the calls under way and, where they are the channel's own, closes the connections.</summary>
    public void Dispose()
    {
        if (!disposed.IsCancellationRequested)
        {
            disposed.Cancel();
            Http.Dispose();
            disposed.Dispose();
        }
    }

    /// <inheritdoc />
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal Uri PathOf(IMethod method) =>
        paths.GetOrAdd(method.FullName, static (path, address) => new Uri(address, path), address);

    private static SocketsHttpHandler NewHandler() =>
        new()
        {
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            UseCookies = false,
            UseProxy = false,
        };
}
