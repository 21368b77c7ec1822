using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What operators want no notices of: asked for, taken back, listed.</summary>
internal sealed class MuteDoor(StatusFeed feed, StatusView view, WishDesk wishes, Action<Input> post)
{
    /// <summary>So much later than now is an error of the caller's clock or of his units.</summary>
    private static readonly TimeSpan LongestMute = TimeSpan.FromDays(366);

    public async Task<V1.MuteReply> MuteAsync(NodeId? node, V1.Mute wish, Warrant warrant, CancellationToken stop)
    {
        var now = DateTimeOffset.UtcNow;
        var until = (long)Math.Min(wish.UntilUnixMs, long.MaxValue);
        if (until <= now.ToUnixTimeMilliseconds() || until > (now + LongestMute).ToUnixTimeMilliseconds())
        {
            throw Refused(
                StatusCode.InvalidArgument,
                $"the end is not between now and {LongestMute.TotalDays:F0} days later by the clock of the asked node, {now:u}"
            );
        }

        var entry = new EntryPayload.Muted(
            node,
            new([.. wish.Kinds.Distinct().Select(EventsService.AnyKind)]),
            until,
            wish.Maintenance,
            warrant
        );
        await AskAsync(entry, stop).ConfigureAwait(false);
        var status = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        return status.Book.NoticeRules.IndexOf(entry) is { } index
            ? new V1.MuteReply { Mute = Of(index, entry) }
            : throw Refused(StatusCode.FailedPrecondition, "the mute was ended at once by another operator");
    }

    public async Task<V1.UnmuteReply> UnmuteAsync(ulong id, Warrant warrant, CancellationToken stop)
    {
        var index = new LogIndex((long)Math.Min(id, long.MaxValue));
        var status = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        if (!status.Book.NoticeRules.Mutes.ContainsKey(index))
        {
            throw Refused(StatusCode.NotFound, $"no mute {id} on this node");
        }

        await AskAsync(new EntryPayload.Unmuted(index, warrant), stop).ConfigureAwait(false);
        return new V1.UnmuteReply();
    }

    public async Task<V1.ListMutesReply> ListAsync(CancellationToken stop)
    {
        var status = await feed.ReadAsync().WaitAsync(stop).ConfigureAwait(false);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var reply = new V1.ListMutesReply();
        reply.Mutes.AddRange(
            status
                .Book.NoticeRules.Mutes.Where(mute => mute.Value.UntilUnixMs > now)
                .OrderBy(mute => mute.Value.UntilUnixMs)
                .Select(mute => Of(mute.Key, mute.Value))
        );
        reply.Channels.AddRange(status.Book.NoticeRules.Channels.Keys);
        if (status.MasterHeardAgo is { } age)
        {
            reply.AgeMs = (ulong)Math.Max(0, age.TotalMilliseconds);
        }

        return reply;
    }

    private async Task AskAsync(EntryPayload wish, CancellationToken stop)
    {
        var refusal = await wishes.AskAsync(wish, post, stop).ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            throw Refused(StatusCode.FailedPrecondition, refusal);
        }
    }

    private V1.Mute Of(LogIndex index, EntryPayload.Muted muted)
    {
        var mute = new V1.Mute
        {
            Id = (ulong)index.Value,
            NodeName = muted.Node is { } node ? view.Name(node) : "",
            UntilUnixMs = (ulong)muted.UntilUnixMs,
            Maintenance = muted.IsMaintenance,
            By = muted.Warrant.By,
            Why = muted.Warrant.Why,
        };
        mute.Kinds.AddRange(muted.Kinds.Select(kind => (V1.EventKind)kind));
        return mute;
    }

    private static RpcException Refused(StatusCode code, string why) => new(new Status(code, why));
}
