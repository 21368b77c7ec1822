using System.Diagnostics;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Watching;

/// <summary>Follows the cluster, from node to node if it must.</summary>
internal sealed class Watch
{
    // Between two tries where nobody answers; a node that restarts is back within a second or two.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);

    // Enough to tell how those ended that were open when the last node went away.
    private const uint ClosedIncidents = 100;

    private readonly WatchedCluster cluster = new();
    private readonly Surroundings surroundings;
    private readonly bool isJson;
    private readonly ulong? incident;
    private readonly Page page;
    private AskPlan plan;

    /// <param name="incident">Of all incidents only this one; for people nothing else. Null: everything.</param>
    public Watch(AskPlan plan, Surroundings surroundings, bool isJson, ulong? incident = null)
    {
        this.plan = plan;
        this.incident = incident;
        this.surroundings = surroundings;
        this.isJson = isJson;
        page = Page.On(surroundings);
    }

    /// <summary>Runs until <paramref name="stop"/>, or until nobody is left who answers.</summary>
    /// <exception cref="RefusedException">The one node to ask is gone, or nobody answers any more.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var asked = await Reach.AnyAsync(plan, surroundings, stop).ConfigureAwait(false);
        while (true)
        {
            using (asked)
            {
                var ending = await FollowAsync(asked, stop).ConfigureAwait(false);
                if (plan.IsOneNode)
                {
                    throw RefusedException.No(
                        $"{asked.Title} ended the watch: {ending}\n  without --node and --address another node is asked"
                    );
                }

                surroundings.Note($"{asked.Title} ended the watch: {ending}; asking another node");
                plan = plan.Last(asked.Door);
            }

            asked = await AgainAsync(stop).ConfigureAwait(false);
            surroundings.Note($"asked {asked.Title}");
        }
    }

    /// <returns>Why it ended.</returns>
    private async Task<string> FollowAsync(ReachedNode asked, CancellationToken stop)
    {
        var names = new NodeNames(asked.Status);
        var request = new WatchRequest { ClosedIncidents = ClosedIncidents };
        using var call = asked.Client.Watch(request, new CallOptions(cancellationToken: stop));
        try
        {
            while (await call.ResponseStream.MoveNext(stop).ConfigureAwait(false))
            {
                var update = call.ResponseStream.Current;
                if (update.UpdateCase == WatchUpdate.UpdateOneofCase.State)
                {
                    names = new NodeNames(update.State.Status ?? asked.Status);
                }

                Write(update, asked, names);
                await surroundings.Out.FlushAsync(stop).ConfigureAwait(false);
            }

            return "it is stopping";
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested && FailureWords.IsOfConnection(failure))
        {
            return FailureWords.Of(failure);
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested)
        {
            throw asked.Refusal(failure, plan.Within, "ask another node with --node");
        }
    }

    private void Write(WatchUpdate update, ReachedNode asked, NodeNames names)
    {
        var now = surroundings.Clock.GetUtcNow();
        if (isJson)
        {
            var isOther = update.UpdateCase == WatchUpdate.UpdateOneofCase.Incident && update.Incident.Id != incident;
            if (incident is not null && isOther)
            {
                return;
            }

            surroundings.Out.WriteLine(WatchJson.Of(update, asked.Name, names, now));
            return;
        }

        foreach (var line in cluster.Apply(update, asked.Name, names))
        {
            if (incident is not null && line.Incident != incident)
            {
                continue;
            }

            page.Line($"{Spans.Time(now)}  {line.Text}", line.Tone);
        }
    }

    private async Task<ReachedNode> AgainAsync(CancellationToken stop)
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            // A node that answers and then breaks off at once must not make this a busy loop.
            await Task.Delay(TryAgainAfter, stop).ConfigureAwait(false);
            if (Stopwatch.GetElapsedTime(startedAt) >= plan.Within)
            {
                return await Reach.AnyAsync(plan, surroundings, stop).ConfigureAwait(false);
            }

            if (await Reach.TryAsync(plan, [], stop).ConfigureAwait(false) is { } reached)
            {
                return reached;
            }
        }
    }
}
