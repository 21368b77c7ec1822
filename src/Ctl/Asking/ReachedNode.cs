using System.Globalization;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Status = ClusterRas.Wire.V1.Status;

namespace ClusterRas.Ctl.Asking;

/// <summary>A node that has answered, with the connection to it.</summary>
internal sealed class ReachedNode(Door door, GrpcChannel channel, Status status, AskPlan plan) : IDisposable
{
    // A thousand incidents with all their evidence.
    private const int MessageLengthMaxBytes = 64 * 1024 * 1024;

    /// <summary>Where it was asked.</summary>
    public Door Door { get; } = door;

    /// <summary>Its first answer.</summary>
    public Status Status { get; } = status;

    /// <summary>The calls.</summary>
    public Cluster.ClusterClient Client { get; } = new(channel);

    /// <summary>By its own word.</summary>
    public string Name => Status.NodeName.Length > 0 ? Printable.Of(Status.NodeName) : Door.Address.ToString();

    /// <summary>As messages name it.</summary>
    public string Title => new Door(Name, Door.Address).ToString();

    /// <summary>A channel that connects with its first call, and notices a frozen peer.</summary>
    public static GrpcChannel Open(Door door, TimeSpan within) =>
        GrpcChannel.ForAddress(
            $"http://{door.Address}",
            new GrpcChannelOptions
            {
                MaxReceiveMessageSize = MessageLengthMaxBytes,
                DisposeHttpClient = true,
                HttpHandler = new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = within,
                    KeepAlivePingDelay = TimeSpan.FromSeconds(1),
                    KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                    KeepAlivePingTimeout = TimeSpan.FromSeconds(3),
                    UseCookies = false,
                    UseProxy = false,
                },
            }
        );

    /// <summary>One call.</summary>
    /// <param name="call">Makes it with these options.</param>
    /// <param name="longer">What the node may take beside the usual time.</param>
    /// <param name="advice">What to do when the node says no.</param>
    /// <exception cref="RefusedException">The node says no, or nothing.</exception>
    public async Task<T> CallAsync<T>(
        Func<Cluster.ClusterClient, CallOptions, AsyncUnaryCall<T>> call,
        TimeSpan longer,
        string advice,
        CancellationToken stop
    )
    {
        var options = new CallOptions(deadline: DateTime.UtcNow + plan.Within + longer, cancellationToken: stop);
        try
        {
            return await call(Client, options).ConfigureAwait(false);
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested)
        {
            throw Refusal(failure, plan.Within + longer, advice);
        }
    }

    /// <summary>One incident in full.</summary>
    /// <exception cref="RefusedException">There is none of this number, or no answer.</exception>
    public Task<Incident> IncidentAsync(ulong id, CancellationToken stop)
    {
        var request = new GetIncidentRequest { Id = id };
        return CallAsync(
            (client, options) => client.GetIncidentAsync(request, options),
            TimeSpan.Zero,
            "rasctl events list shows those that there are",
            stop
        );
    }

    /// <summary>What a failed call means to the operator.</summary>
    public RefusedException Refusal(RpcException failure, TimeSpan waited, string advice) =>
        RefusedException.No(
            failure.StatusCode == StatusCode.DeadlineExceeded
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Title} did not answer within {waited.TotalMilliseconds} ms.\n  {advice}"
                )
                : $"{Title} says: {FailureWords.Of(failure)}\n  {advice}"
        );

    public void Dispose() => channel.Dispose();
}
