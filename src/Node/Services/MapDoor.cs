using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>Operators look at the cluster's map, and have another one applied.</summary>
internal sealed class MapDoor(StatusFeed feed, WishDesk wishes, Action<Input> post)
{
    /// <summary>A commit, with an election before it.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(8);

    /// <summary>More are not told at once: the operator's own tool tells all.</summary>
    private const int ProblemsMax = 20;

    /// <summary>The map that this node runs with.</summary>
    public async Task<V1.GetTopologyReply> ReadAsync()
    {
        var map = (await feed.ReadAsync().ConfigureAwait(false)).Map;
        return new V1.GetTopologyReply { Text = TopologyFile.Write(map.Topology), MapVersion = (ulong)map.Version };
    }

    /// <summary>Has the map applied, and waits until it is in force here. Refused by the rules, or by the master: nothing has changed.</summary>
    public async Task<V1.ApplyTopologyReply> ApplyAsync(
        V1.ApplyTopologyRequest request,
        Warrant warrant,
        CancellationToken stop
    )
    {
        var next = Read(request.Text);
        var wish = new EntryPayload.MapChanged(
            0,
            [ParentOf(request.ParentDigest)],
            TopologyFile.Write(next),
            [],
            warrant
        );
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(Within);
        string refusal;
        try
        {
            refusal = await wishes.AskAsync(wish, post, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            var here = await feed.ReadAsync().ConfigureAwait(false);
            throw Refused(
                here.Master is null
                    ? "no master is known, so nobody can apply it; nothing was changed as far as this node knows"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"the master has not committed it within {Within.TotalSeconds} s; it may still come: see the map version in rasctl status"
                    )
            );
        }

        if (refusal.Length > 0)
        {
            throw Refused(refusal);
        }

        var after = (await feed.ReadAsync().ConfigureAwait(false)).Map;
        return new V1.ApplyTopologyReply { MapVersion = (ulong)after.Version, TopologyDigest = next.Digest.ToString() };
    }

    private static Topology Read(string text)
    {
        var options = new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax };
        switch (TopologyFile.Read(Encoding.UTF8.GetBytes(text), "map", options))
        {
            case TopologyReading.Accepted accepted:
                return accepted.Topology;
            case TopologyReading.Refused refused:
                throw new RpcException(
                    new Status(
                        StatusCode.InvalidArgument,
                        string.Join('\n', refused.Problems.Take(ProblemsMax).Select(problem => problem.ToString()))
                    )
                );
            default:
                throw new InvalidOperationException("a topology is accepted or refused");
        }
    }

    private static string ParentOf(string digest) =>
        digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower)
            ? digest
            : throw new RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    $"parent_digest has {digest.Length} characters; expected the 64 hex digits of the map that it was made for"
                )
            );

    private static RpcException Refused(string why) => new(new Status(StatusCode.FailedPrecondition, why));
}
