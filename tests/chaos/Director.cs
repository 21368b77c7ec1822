using System.Diagnostics;
using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>Starts the cluster once, plays scenario after scenario on it, and holds what its ledgers say against what was done.</summary>
internal sealed class Director(
    ChaosOptions options,
    Fleet fleet,
    Switch @switch,
    HeartbeatTap tap,
    PauseWatch pauses,
    CancellationToken stop
)
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LedgersAgreeWithin = TimeSpan.FromSeconds(10);

    // L2: a second, and one step of the back-off, which is a second at most.
    private static readonly TimeSpan RelinkWithin = TimeSpan.FromSeconds(2);

    // Where the machine stood still what is late is excused, so that a plant proves nothing and is tried again.
    private const int KeepTriesMax = 5;

    // The rest is in the report.
    private const int FindingsShown = 8;

    // Of a bounded run, for stopping and replaying.
    private const double ShareOfReplays = 0.3;

    private readonly long startedAt = Stopwatch.GetTimestamp();
    private readonly HashSet<LifeName> panics = [];
    private readonly HashSet<LifeName> falselySilent = [];

    /// <summary>What was played so far.</summary>
    public List<ScenarioResult> Results { get; } = [];

    /// <summary>Of the tampering: did the verdicts name it? Null: none was asked for.</summary>
    public bool? PlantSeen { get; private set; }

    /// <summary>What the verdicts said of the tampering.</summary>
    public IReadOnlyList<Finding> PlantFindings { get; private set; } = [];

    private bool IsTimeOver =>
        options.For is { } limit && Stopwatch.GetElapsedTime(startedAt) > limit * (1 - ShareOfReplays);

    /// <summary>Starts all nodes and waits until they are one cluster.</summary>
    public async Task StartAsync()
    {
        await @switch.OpenAsync();
        tap.Open();
        pauses.Open();
        foreach (var machine in fleet.Machines)
        {
            fleet.Boot(machine);
        }

        var took =
            await fleet.SettleAsync(StartWithin, stop)
            ?? throw new BedFailedException(
                $"no cluster within {StartWithin.TotalSeconds:0} s: {await fleet.TroubleAsync(stop)}"
            );
        Say($"16 rasd in 16 namespaces agree, {took.TotalSeconds:0.0} s after all answered");
    }

    /// <summary>All trials of a scenario, then the ledgers.</summary>
    public async Task PlayAsync(Scenario scenario, int? count)
    {
        var result = new ScenarioResult(scenario);
        Results.Add(result);
        Say($"--- {scenario.Name}: {scenario.About}");
        var runner = new TrialRunner(fleet, @switch, tap, pauses, stop);
        var wanted = count ?? scenario.Trials;
        for (var number = 1; result.Counted.Count() < wanted && number <= wanted * 3 && !IsTimeOver; number++)
        {
            // Each trial has a seed of its own, so that one more or less changes no other.
            var trial = await runner.PlayAsync(scenario, number, new Prng(Mix(scenario.Name, number)));
            result.Trials.Add(trial);
            result.Findings.AddRange(trial.Findings);
            panics.UnionWith(trial.Words.Select(w => w.Victim));
            Say(LineOf(trial));
            trial.Findings.ForEach(f => Say($"    NOT AS PROMISED {f}"));
            trial.Excused.ForEach(f => Say($"    late, but the machine stood still for {Ms(trial.MachinePause)}: {f}"));
        }

        await JudgeAsync(result);
    }

    /// <summary>Tampers with one ledger, or with a mend, and looks whether that is seen.</summary>
    /// <param name="cutting">The scenario in whose trial a cut is kept.</param>
    public async Task PlantAndLookAsync(string kind, Scenario cutting)
    {
        if (kind == KeptCut.Kind)
        {
            await KeepCutAndLookAsync(cutting);
        }
        else
        {
            TamperAndLook(kind);
        }

        foreach (var finding in PlantFindings)
        {
            Say($"    reported {finding}");
        }
    }

    private async Task KeepCutAndLookAsync(Scenario scenario)
    {
        var runner = new TrialRunner(fleet, @switch, tap, pauses, stop);
        var isExcused = true;
        for (var number = 1; isExcused && number <= KeepTriesMax; number++)
        {
            var result = new ScenarioResult(scenario);
            var trial = await runner.PlayAsync(
                scenario,
                number,
                new Prng(Mix(KeptCut.Kind, number)),
                keepsOneCut: true
            );
            result.Trials.Add(trial);
            var plant = trial.Kept ?? throw new UnreachableException();
            Say($"--- planted: {KeptCut.Kind}, {plant}");
            Say(LineOf(trial));
            await JudgeRelinksAsync(result);
            PlantFindings = result.Findings;
            PlantSeen = plant.IsReportedBy(PlantFindings);
            isExcused = plant.IsReportedBy(trial.Excused);
            if (isExcused)
            {
                Say($"    the machine stood still for {Ms(trial.MachinePause)}, so that it was excused");
            }

            // All else that this trial shows counts as in any other.
            Results[^1].Findings.AddRange(trial.Findings);
            panics.UnionWith(trial.Words.Select(w => w.Victim));
            _ = await @switch.MendAsync(null);
            if (await fleet.SettleAsync(StartWithin, stop) is null)
            {
                Results[^1].Findings.Add(new("L3", $"the cluster does not agree: {await fleet.TroubleAsync(stop)}"));
            }
        }
    }

    private void TamperAndLook(string kind)
    {
        var plant = Plant.Do(kind, fleet.Machines, panics, new Prng(options.Seed));
        Say($"--- planted: {kind}, the panic of {plant.Life}, in the ledger of {plant.Machine.Name}");
        PlantFindings = fleet.JudgeLedgers(panics).Findings;
        PlantSeen = plant.IsReportedBy(PlantFindings);
    }

    /// <summary>Prints a line with the time before it.</summary>
    public void Say(string text) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Stopwatch.GetElapsedTime(startedAt).TotalSeconds, 7:0.0} s  {text}"
            )
        );

    private ulong Mix(string name, int number)
    {
        var mixed = options.Seed * 1_000_003;
        foreach (var letter in name)
        {
            mixed = (mixed * 31) + letter;
        }

        return (mixed * 1_000_003) + (ulong)number;
    }

    private async Task JudgeAsync(ScenarioResult result)
    {
        if (result.Scenario.IsOverlapping && await fleet.SettleAsync(StartWithin, stop) is null)
        {
            result.Findings.Add(new("L3", $"the cluster does not agree: {await fleet.TroubleAsync(stop)}"));
        }

        var start = Stopwatch.GetTimestamp();
        LedgerVerdict verdict;
        do
        {
            // Closing entries may still be on their way to the last node; L3 gives them 10 s.
            await Task.Delay(200, stop);
            verdict = fleet.JudgeLedgers(panics);
        } while (verdict.Findings.Count > 0 && Stopwatch.GetElapsedTime(start) < LedgersAgreeWithin);

        var known = Results.SelectMany(r => r.Findings).ToHashSet();
        result.Findings.AddRange(verdict.Findings.Where(f => !known.Contains(f)));
        (result.Lost, result.Doubled) = (verdict.Lost, verdict.Doubled);
        result.Lost += result.Trials.SelectMany(t => t.Words).Count(w => w.Ack is null);
        foreach (var life in verdict.FalselySilent.Where(falselySilent.Add))
        {
            result.FalselySilent++;
            if (!result.Scenario.IsTroubled)
            {
                result.Findings.Add(new("S9", $"{life} was declared silent, and nothing had silenced it"));
            }
        }

        foreach (var machine in fleet.Machines)
        {
            while (machine.Kernel.Oddities.TryDequeue(out var oddity))
            {
                result.Findings.Add(new("S7", $"the kernel of {machine.Name} got {oddity}"));
            }
        }

        await JudgeRelinksAsync(result);
        Say(Summary(result));
        var fresh = result.Findings.Where(f => !result.Trials.Exists(t => t.Findings.Contains(f))).ToList();
        foreach (var finding in fresh.Take(FindingsShown))
        {
            Say($"    NOT AS PROMISED {finding}");
        }

        if (fresh.Count > FindingsShown)
        {
            Say($"    and {fresh.Count - FindingsShown} more");
        }
    }

    private async Task JudgeRelinksAsync(ScenarioResult result)
    {
        var heard = Task.WhenAll(result.Trials.SelectMany(trial => trial.Relinks).Select(relink => relink.Heard));
        await Task.WhenAny(heard, Task.Delay(RelinkWithin, stop));
        foreach (var (trial, next) in result.Trials.Zip(result.Trials.Skip(1).Concat(result.Trials.TakeLast(1))))
        {
            var late = trial.Relinks.Where(relink =>
                !relink.Heard.IsCompleted
                || (relink.Heard.IsCompletedSuccessfully && relink.Heard.Result > RelinkWithin)
            );
            foreach (var (from, to, die, _) in late)
            {
                var finding = new Finding(
                    "L2",
                    $"trial {trial.Number}: {BedMap.NameOf(to)} had no heartbeat of {BedMap.NameOf(from)} on die{die} within {RelinkWithin.TotalSeconds:0} s of the mend"
                );
                // The next trial begins while this one's links come back.
                var isExcused = trial.MachinePause > PauseWatch.Borne || next.MachinePause > PauseWatch.Borne;
                (isExcused ? trial.Excused : result.Findings).Add(finding);
            }
        }
    }

    /// <summary>One scenario in a line.</summary>
    public static string Summary(ScenarioResult result)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Scenario.Name}: {result.Counted.Count()} of {result.Trials.Count} trials count, {result.Panics} panics: "
                + $"{result.Lost} lost, {result.Doubled} doubled; false silences {result.FalselySilent}; acks {result.Acks}"
        );
        line += result.Relinks.Sorted.Count > 0 ? $"; relinked {result.Relinks}" : "";
        line += result.Successions.Sorted.Count > 0 ? $"; new master {result.Successions}" : "";
        line += $"; pauses of the machine up to {Ms(result.Trials.Select(t => t.MachinePause).DefaultIfEmpty().Max())}";
        line += result.Excused > 0 ? $", so {result.Excused} late findings are excused" : "";
        return line + (result.Settlings.Sorted.Count > 0 ? $"; agreed again {result.Settlings}" : "");
    }

    private static string LineOf(Trial trial)
    {
        var acks = string.Join(
            ", ",
            trial.Words.Select(w =>
                w.Witness.Name
                + " "
                + (w.Ack is { } ack ? Ms(ack.After) : "none")
                + (w.ReachesMajority ? "" : " (no majority)")
            )
        );
        var times =
            trial.LastBeatAt == 0
                ? ""
                : $"beat, cut {Since(trial.Cut.Done)}, panic {Since(trial.PanicAt)}, next due {Since(trial.NextDueAt)}; ";
        var relayed = string.Concat(trial.Relays.Select(relay => $"; relayed {relay}"));
        var more =
            (trial.Succession is { } succession ? $"; new master {Ms(succession)}" : "")
            + (trial.Settled is { } settled ? $"; agreed {Ms(settled)}" : "");
        return $"{trial.Number, 4}  {times}acks {acks}; dropped {trial.Dropped}{relayed}{more}; {trial.Cast}"
            + (trial.NotCounted.Length > 0 ? $"; DOES NOT COUNT: {trial.NotCounted}" : "");

        string Since(long at) => "+" + Ms(Stopwatch.GetElapsedTime(trial.LastBeatAt, at));
    }

    private static string Ms(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
