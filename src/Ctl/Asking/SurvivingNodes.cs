using System.Collections.Immutable;

namespace ClusterRas.Ctl.Asking;

/// <summary>Who is left of a cluster and who is lost, as the operator names them.</summary>
internal sealed record SurvivingNodes(ImmutableArray<string> Survivors, ImmutableArray<string> Lost, AskPlan Plan)
{
    /// <summary>Reads the two lists against the map.</summary>
    /// <exception cref="RefusedException">They are wrong; all mistakes are told.</exception>
    public static SurvivingNodes Read(AskPlan plan, string lostText, string? survivorsText)
    {
        if (plan.IsOneNode || plan.Map is not { } map)
        {
            throw RefusedException.Usage("recover asks every survivor: --node and --address cannot be given.");
        }

        ImmutableArray<string> known =
        [
            .. plan.Doors.Select(door => door.NodeName!).Distinct().Order(StringComparer.Ordinal),
        ];
        var lost = Names(lostText);
        var survivors = survivorsText is null ? [.. known.Except(lost)] : Names(survivorsText);
        var mistakes = new List<string>();
        foreach (var (option, names) in new[] { ("--lost", lost), ("--survivors", survivors) })
        {
            if (names.IsEmpty)
            {
                mistakes.Add($"{option} names nobody; expected names of nodes, with a comma between");
            }

            mistakes.AddRange(
                names
                    .Except(known)
                    .Select(name => $"{option}: {map.Path} has no node \"{name}\"; it has {string.Join(", ", known)}")
            );
        }

        mistakes.AddRange(lost.Intersect(survivors).Select(name => $"{name} cannot be lost and a survivor"));
        return mistakes.Count == 0
            ? new SurvivingNodes(survivors, lost, plan)
            : throw RefusedException.Usage(string.Join("\n  ", mistakes));
    }

    /// <summary>Asks them all, at once.</summary>
    /// <exception cref="RefusedException">Somebody does not answer; all who do not are told.</exception>
    public async Task<AskedSurvivors> AskAsync(CancellationToken stop)
    {
        var attempts = await Task.WhenAll(Survivors.Select(name => TryAsync(name, stop))).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        var silent = attempts
            .Where(attempt => attempt.Reached is null)
            .Select(attempt => $"  {attempt.Found}")
            .ToArray();
        var asked = new AskedSurvivors([.. attempts.Select(attempt => attempt.Reached).OfType<ReachedNode>()], Lost);
        if (silent.Length > 0)
        {
            asked.Dispose();
            throw RefusedException.No(
                $"not every survivor answers:\n{string.Join('\n', silent)}\n"
                    + "  a node that is gone for ever belongs to --lost; name those that are left with --survivors"
            );
        }

        return asked;
    }

    private async Task<(ReachedNode? Reached, string Found)> TryAsync(string name, CancellationToken stop)
    {
        var failed = new List<Attempt>();
        var own = Plan with { Doors = [.. Plan.Doors.Where(door => door.NodeName == name)], IsOneNode = true };
        var reached = await Reach.TryAsync(own, failed, stop).ConfigureAwait(false);
        if (reached is not null && reached.Status.NodeName != name)
        {
            var found = $"{reached.Door} calls itself {reached.Name}: the map and the address do not agree";
            reached.Dispose();
            return (null, found);
        }

        return (reached, string.Join("; ", failed.Select(attempt => $"{attempt.Door}: {attempt.Found}")));
    }

    private static ImmutableArray<string> Names(string text) =>
        [
            .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}
