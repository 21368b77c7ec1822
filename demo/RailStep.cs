using System.Diagnostics;

namespace ClusterRas.Demo;

/// <summary>Step 2: one rail of a node is cut. The node is degraded, and nobody takes it for dead.</summary>
internal sealed class RailStep(Stage stage)
{
    private const int Die = 1;
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(10);

    // Well above the time after which a node that nobody hears is declared silent (about 1 s).
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    /// <summary>Cuts it, watches, mends it.</summary>
    /// <param name="victim">Whose rail.</param>
    /// <param name="asked">Who is asked about it.</param>
    public async Task RunAsync(Machine victim, Machine asked)
    {
        var timeline = stage.Timeline;
        timeline.Step(2, $"One rail of {victim.Name} is cut");
        await stage.Bed.SetRailAsync(victim.Number, Die, isUp: false);
        var cut = Stopwatch.GetTimestamp();
        timeline.Say("switch", $"the cable of {victim.Name} die{Die} is pulled; die0 stays");
        await HealthAsync("degraded");
        timeline.Say(asked.Name, $"sees {victim.Name} degraded: heard on one rail, {Seconds.Since(cut)} after the cut");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        await stage.UntilAsync(
            $"a look at {victim.Name} for {Watched.TotalSeconds:0} s",
            Watched * 3,
            async () =>
            {
                if (await stage.Operator.StatusAsync(asked, stage.Stop) is { } view)
                {
                    seen.Add(view[victim.Name].Health);
                }

                return Stopwatch.GetElapsedTime(cut) > Watched ? seen : null;
            },
            asked
        );
        var incidents = await stage.Operator.IncidentsAsync(asked, stage.Stop);
        stage.Expectations.State(
            seen.SetEquals(["degraded"]) && incidents is { Count: 0 },
            $"{Seconds.Since(cut)} later {victim.Name} is {string.Join(", ", seen)}, "
                + $"and there are {incidents?.Count.ToString() ?? "unknown"} incidents: degraded is not dead"
        );
        var own = await stage.Operator.StatusAsync(victim, stage.Stop);
        stage.Expectations.State(
            own?.Master is not null,
            $"{victim.Name} itself still answers and knows its master, {own?.Master ?? "nobody"}"
        );

        await stage.Bed.SetRailAsync(victim.Number, Die, isUp: true);
        var mended = Stopwatch.GetTimestamp();
        timeline.Say("switch", $"the cable of {victim.Name} die{Die} is back");
        await HealthAsync("up");
        timeline.Say(asked.Name, $"hears {victim.Name} on both rails, {Seconds.Since(mended)} after that");

        Task<ClusterView> HealthAsync(string wanted) =>
            stage.UntilAsync(
                $"{victim.Name} {wanted} as {asked.Name} sees it",
                NoticedWithin,
                async () =>
                    await stage.Operator.StatusAsync(asked, stage.Stop) is { } view
                    && view[victim.Name].Health == wanted
                        ? view
                        : null,
                asked
            );
    }
}
