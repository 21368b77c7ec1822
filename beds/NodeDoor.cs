using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Beds;

/// <summary>How we ask the rasd of one node: by gRPC, as any operator's program, on one rail and else on the other.</summary>
public sealed class NodeDoor : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);
    private readonly IReadOnlyList<GrpcChannel> channels;
    private readonly int number;

    /// <summary>Nothing is dialled before somebody asks.</summary>
    public NodeDoor(TopologyNode node)
    {
        number = node.Id.Value + 1;
        channels = [.. node.Dies.Select(die => GrpcChannel.ForAddress($"http://{die.Grpc}"))];
    }

    /// <summary>One service for each rail.</summary>
    public IEnumerable<Cluster.ClusterClient> Clusters => channels.Select(c => new Cluster.ClusterClient(c));

    /// <summary>One service for each rail.</summary>
    public IEnumerable<Wire.V1.Events.EventsClient> Events => channels.Select(c => new Wire.V1.Events.EventsClient(c));

    /// <summary>What it shows; null: it does not answer.</summary>
    public async Task<Picture?> AskAsync(CancellationToken stop)
    {
        foreach (var cluster in Clusters)
        {
            try
            {
                var status = await cluster.GetStatusAsync(
                    new GetStatusRequest(),
                    deadline: DateTime.UtcNow + AnswerWithin,
                    cancellationToken: stop
                );
                return Picture.Of(number, status);
            }
            catch (RpcException) when (!stop.IsCancellationRequested)
            {
                // The other rail may do.
            }
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var channel in channels)
        {
            channel.Dispose();
        }
    }
}
