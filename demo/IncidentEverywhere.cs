using System.Diagnostics;

namespace ClusterRas.Demo;

/// <summary>The check that all nodes know the same one incident: each is asked by itself.</summary>
internal sealed class IncidentEverywhere(Stage stage)
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromSeconds(20);
    private readonly HashSet<long> told = [];

    /// <summary>Incidents that the story has told so far.</summary>
    public int Count => told.Count;

    /// <summary>One second after the last ack: one new incident, open, the same on every node that runs.</summary>
    public async Task OpenAsync(Machine victim, EventWords words, long lastAckAt)
    {
        // The promise is about this instant, so it is awaited and nobody is asked twice.
        var left = KnownWithin - Stopwatch.GetElapsedTime(lastAckAt);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, stage.Stop);
        var asked = stage.Running.Where(m => m != victim || words != EventWords.Panic).ToList();
        var answers = await AskAsync(asked);
        var incident = answers.SelectMany(a => a.New).FirstOrDefault(i => i.Victim == victim.Name);
        if (incident is not null)
        {
            Tell(incident);
        }

        var agreeing = answers.Count(a => a.New is [var only] && only.Essence == incident?.Essence);
        stage.Expectations.State(
            agreeing == asked.Count && incident is { State: "open" } && incident.Kind == words.Kind,
            $"{agreeing} of {asked.Count} nodes, each asked by itself, show one and the same incident: "
                + $"{incident?.Essence ?? "none"}"
        );
        stage.Expectations.State(incident?.Releases.Count(r => r.Outcome == "acked") == 2, "the ledger has both acks");
        foreach (var odd in answers.Where(a => a.New is not [var only] || only.Essence != incident?.Essence))
        {
            var shown = odd.New.Count == 0 ? "nothing new" : string.Join("; ", odd.New.Select(i => i.Essence));
            stage.Timeline.More($"{odd.Machine.Name} shows {shown}");
        }

        told.UnionWith(answers.SelectMany(a => a.New).Select(i => i.Id));
    }

    /// <summary>The victim is back: its incident is closed as rebooted, also as it sees it itself.</summary>
    public async Task ClosedAsync(Machine victim, long bootedAt)
    {
        var own = await stage.UntilAsync(
            $"{victim.Name} shows its own incident closed",
            ClosedWithin,
            async () =>
                (await stage.Operator.IncidentsAsync(victim, stage.Stop))?.LastOrDefault(i => i.Victim == victim.Name)
                    is { State: "closed" } closed
                    ? closed
                    : null,
            victim
        );
        stage.Timeline.Say(
            victim.Name,
            $"is back with a new boot and knows what happened to it, {Seconds.Since(bootedAt)} after "
                + "its rasd was started"
        );
        var answers = await AskAsync(stage.Running, isAll: true);
        var same = answers.Count(a => a.New.Any(i => i.Id == own.Id && i.Essence == own.Essence));
        stage.Expectations.State(
            same == answers.Count && own.CloseReason == "rebooted",
            $"{same} of {answers.Count} nodes show {own.Essence}"
        );
    }

    /// <summary>Every node has exactly the incidents that were told, and all are closed.</summary>
    public async Task CompleteAsync()
    {
        var answers = await AskAsync(stage.Running, isAll: true);
        var whole = answers.Count(a => a.New.Count == told.Count && a.New.All(i => i.State == "closed"));
        stage.Expectations.State(
            whole == answers.Count,
            $"{whole} of {answers.Count} nodes have {told.Count} incidents in their ledger, none doubled, none open"
        );
    }

    private void Tell(IncidentView incident)
    {
        var at = stage.Timeline;
        at.Say(
            "ledger",
            $"incident #{incident.Id}: {incident.Kind} of {incident.Victim}, answered \"{incident.Verdict}\""
        );
        foreach (var report in incident.Reports)
        {
            at.More(
                $"{report.Witness} said {report.Kind}; {Seconds.OfMs(report.LeftMs)} were left when the master had it"
            );
        }

        foreach (var release in incident.Releases)
        {
            at.More($"{release.Witness}'s kernel: {release.Outcome}, with {Seconds.OfMs(release.LeftMs)} left");
        }
    }

    private async Task<IReadOnlyList<(Machine Machine, IReadOnlyList<IncidentView> New)>> AskAsync(
        IReadOnlyList<Machine> machines,
        bool isAll = false
    ) =>
        [
            .. (await Stage.AskEachAsync(machines, m => stage.Operator.IncidentsAsync(m, stage.Stop))).Select(a =>
                (
                    a.Machine,
                    (IReadOnlyList<IncidentView>)[.. (a.Answer ?? []).Where(i => isAll || !told.Contains(i.Id))]
                )
            ),
        ];
}
