namespace ClusterRas.Ctl.Asking;

/// <summary>Finds a node that answers.</summary>
/// <remarks>
/// Doors are tried in their order. One that refuses makes way for the next at once; one that says nothing is kept
/// waiting, and the next is tried beside it: a frozen node at the head of the list must not cost the whole time.
/// </remarks>
internal static class Reach
{
    private static readonly TimeSpan NextAfterMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks until one answers, and notes it where that is not the first.</summary>
    /// <exception cref="RefusedException">Nobody answers.</exception>
    public static async Task<ReachedNode> AnyAsync(AskPlan plan, Surroundings surroundings, CancellationToken stop)
    {
        var failed = new List<Attempt>();
        if (await TryAsync(plan, failed, stop).ConfigureAwait(false) is not { } reached)
        {
            stop.ThrowIfCancellationRequested();
            throw Nobody(plan, failed);
        }

        if (reached.Door != plan.Doors[0])
        {
            var first = failed.Find(attempt => attempt.Door == plan.Doors[0]);
            surroundings.Note($"asked {reached.Title}; {plan.Doors[0]}: {first?.Found}");
        }

        CheckIdentity(reached, plan, surroundings);
        return reached;
    }

    /// <summary>One round over all doors.</summary>
    /// <param name="failed">Filled with those that gave no answer.</param>
    /// <returns>Null: nobody answered in time, or <paramref name="stop"/> was cancelled.</returns>
    public static async Task<ReachedNode?> TryAsync(AskPlan plan, List<Attempt> failed, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(plan.Within);
        var nextAfter = TimeSpan.FromTicks(Math.Min(NextAfterMax.Ticks, plan.Within.Ticks / (plan.Doors.Length + 1)));
        var running = new List<Task<Attempt>>();
        ReachedNode? reached = null;
        var tried = 0;
        while (reached is null && (running.Count > 0 || (tried < plan.Doors.Length && !over.IsCancellationRequested)))
        {
            var waits = new List<Task>(running);
            if (tried < plan.Doors.Length && !over.IsCancellationRequested)
            {
                var attempt = Attempt.MakeAsync(plan.Doors[tried++], plan, over.Token);
                running.Add(attempt);
                waits.Add(attempt);
            }

            if (tried < plan.Doors.Length)
            {
                waits.Add(Task.Delay(nextAfter, over.Token));
            }

            if (await Task.WhenAny(waits).ConfigureAwait(false) is Task<Attempt> ended)
            {
                running.Remove(ended);
                reached = Taken(await ended.ConfigureAwait(false), failed);
            }
        }

        await over.CancelAsync().ConfigureAwait(false);
        foreach (var slower in await Task.WhenAll(running).ConfigureAwait(false))
        {
            slower.Reached?.Dispose();
            failed.Add(slower);
        }

        return reached;
    }

    private static ReachedNode? Taken(Attempt attempt, List<Attempt> failed)
    {
        if (attempt.Reached is null)
        {
            failed.Add(attempt);
        }

        return attempt.Reached;
    }

    private static RefusedException Nobody(AskPlan plan, List<Attempt> failed)
    {
        var lines = plan.Doors.Select(door =>
            $"  {door}: {failed.Find(attempt => attempt.Door == door)?.Found ?? "not asked, for the time was over"}"
        );
        var advice = plan.IsOneNode
            ? "is rasd running there? Another node may know more: leave --node and --address away"
            : "is rasd running on any of them, and is this the right map?";
        return RefusedException.No($"nobody answers:\n{string.Join('\n', lines)}\n  {advice}");
    }

    private static void CheckIdentity(ReachedNode reached, AskPlan plan, Surroundings surroundings)
    {
        var name = reached.Status.NodeName;
        if (reached.Door.NodeName is { } meant && name.Length > 0 && name != meant)
        {
            var found = $"{reached.Door} calls itself {reached.Name}: the topology file and the address do not agree.";
            if (plan.IsOneNode)
            {
                reached.Dispose();
                throw RefusedException.No($"{found}\n  compare the file with the one that rasd was started with");
            }

            surroundings.Note(found);
        }

        var digest = reached.Status.TopologyDigest;
        if (plan.Map is { } map && digest.Length > 0 && digest != map.Digest)
        {
            surroundings.Note($"{reached.Title} runs with another map than {map.Path}.");
        }
    }
}
