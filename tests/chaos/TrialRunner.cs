using System.Diagnostics;
using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Chaos;

/// <summary>Plays one trial of a scenario on the running cluster, and judges what can be seen at once.</summary>
internal sealed class TrialRunner(
    Fleet fleet,
    Switch @switch,
    HeartbeatTap tap,
    PauseWatch pauses,
    CancellationToken stop
)
{
    /// <summary>Between two heartbeats to a peer: the default of ProtocolOptions.HeartbeatEvery.</summary>
    public static readonly TimeSpan HeartbeatEvery = new ProtocolOptions().HeartbeatEvery;

    /// <summary>How long a dying kernel waits.</summary>
    public const int WindowSeconds = 35;

    // Where trials do not wait for one another: those of earlier trials that are on their way back.
    private const int StartingMax = 2;

    // What must be left of a gap for a cut and a panic to fit in.
    private static readonly TimeSpan Room = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan GapWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FitWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AgreeWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SucceedWithin = TimeSpan.FromSeconds(4);
    private int? lastMaster;

    /// <summary>Plays it.</summary>
    /// <param name="keepsOneCut">A planted fault: one of its cuts stays in force though it is told as mended.</param>
    public async Task<Trial> PlayAsync(Scenario scenario, int number, Prng prng, bool keepsOneCut = false)
    {
        var dying = scenario.Steps.OfType<Step.Panic>().Select(p => p.Count).DefaultIfEmpty(1).Max();
        var trial = new Trial(scenario.Name, number);
        var cast = await CastAsync(dying, scenario.IsApart, prng);
        using var play = new Play(fleet, @switch, scenario, trial, cast, prng) { KeepsOneCut = keepsOneCut };
        trial.Cast =
            $"master {cast[Actor.Master].Name}, witnesses {cast[Actor.Witness].Name} {cast[Actor.Second].Name}, "
            + $"victim {string.Join(' ', cast.Victims.Select(v => v.Name))}";
        _ = pauses.Take();
        foreach (var step in scenario.Steps)
        {
            await DoAsync(step, play);
        }

        await MendAsync(play);
        await EndAsync(play);
        trial.MachinePause = pauses.Take();
        if (trial.MachinePause > PauseWatch.Borne)
        {
            trial.Excused.AddRange(trial.Findings.Where(f => f.Promise is "L1" or "L3" or "L4"));
            trial.Findings.RemoveAll(trial.Excused.Contains);
        }

        return trial;
    }

    private async Task<Cast> CastAsync(int dying, bool isApart, Prng prng)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < FitWithin)
        {
            fleet.CheckAlive();
            if (
                await fleet.MasterAsync(lastMaster, stop) is { } picture
                && Cast.Draw(fleet, picture, dying, isApart, prng) is { } cast
            )
            {
                lastMaster = picture.Master;
                return cast;
            }

            await Task.Delay(50, stop);
        }

        throw new BedFailedException(
            $"no cluster to play on within {FitWithin.TotalSeconds:0} s: {await fleet.TroubleAsync(stop)}"
        );
    }

    private async Task DoAsync(Step step, Play play)
    {
        switch (step)
        {
            case Step.BetweenHeartbeats:
                await GapAsync(play);
                break;
            case Step.CutLink or Step.CutRail or Step.Unplug or Step.BridgeDown or Step.Lose or Step.Split or Step.Flap:
                tap.Forget(way => play.Hits(step, way));
                await play.CutAsync(step, stop);
                break;
            case Step.Delay or Step.Throttle:
                tap.Forget(way => play.Hits(step, way));
                await play.SlowAsync(step, stop);
                break;
            case Step.Panic panic:
                await PanicAsync(panic, play);
                break;
            case Step.KillRasd kill:
                fleet.TrulySilent.Add(LifeName.Of(play.Cast[kill.Who]));
                play.EndedAt = Stopwatch.GetTimestamp();
                play.Cast[kill.Who].Kill();
                ForgetNode(play.Cast[kill.Who].Number);
                play.Killed.Add(play.Cast[kill.Who]);
                break;
            case Step.Pause pause:
                fleet.TrulySilent.Add(LifeName.Of(play.Cast[pause.Who]));
                play.EndedAt = Stopwatch.GetTimestamp();
                play.Cast[pause.Who].SetPaused(isPaused: true);
                ForgetNode(play.Cast[pause.Who].Number);
                play.Paused.Add(play.Cast[pause.Who]);
                break;
            case Step.GoOn goOn:
                play.Cast[goOn.Who].SetPaused(isPaused: false);
                play.Paused.Remove(play.Cast[goOn.Who]);
                break;
            case Step.Load load:
                play.Load = new Load(load.Threads);
                break;
            case Step.Wait wait:
                await Task.Delay(wait.For, stop);
                break;
            case Step.AwaitAcks:
                await Task.WhenAll(play.Trial.Words.Where(w => w.ReachesMajority).Select(w => w.Acking));
                break;
            case Step.AwaitMaster:
                await SuccessorAsync(play);
                break;
            case Step.Mend:
                await MendAsync(play);
                break;
            default:
                throw new UnreachableException();
        }
    }

    // Both directions have their own rhythm; the gap is that of both together.
    private async Task GapAsync(Play play)
    {
        var (w, m) = (play.Cast[Actor.Witness].Number, play.Cast[Actor.Master].Number);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < GapWithin)
        {
            if (
                tap.Newest(w, m, play.Die, HeartbeatEvery) is { } there
                && tap.Newest(m, w, play.Die, HeartbeatEvery) is { } back
            )
            {
                var due = Math.Min(there.NextDueAt, back.NextDueAt);
                if (due - Stopwatch.GetTimestamp() > Ticks(Room))
                {
                    play.Gap = (w, m);
                    play.Trial.LastBeatAt = Math.Max(there.At, back.At);
                    play.Trial.NextDueAt = due;
                    return;
                }
            }

            await Task.Delay(2, stop);
        }

        play.Trial.NotCounted = "no gap between heartbeats that is long enough";
    }

    private async Task PanicAsync(Step.Panic panic, Play play)
    {
        var trial = play.Trial;
        IReadOnlyList<Machine> dying = panic.Count > 1 ? play.Cast.Victims : [play.Cast[panic.Who]];
        var witnesses = dying.Select(victim => (Victim: victim, Witnesses: play.WitnessesOf(victim, dying))).ToList();
        await @switch.SetDeadAsync(dying.Select(v => v.Number), isDead: true);
        play.EndedAt = Stopwatch.GetTimestamp();
        foreach (var victim in dying)
        {
            fleet.TrulySilent.Add(LifeName.Of(victim));
            victim.Kill();
            ForgetNode(victim.Number);
            play.Dead.Add(victim);
        }

        foreach (var (victim, told) in witnesses)
        {
            var armed = new ArmedTimeout(WindowSeconds, play.Cast.Picture.TagOf(victim.Number));
            foreach (var (witness, index) in told.Select((w, i) => (w, i)))
            {
                // Each kernel hears of another DIE, as kernels that send on both.
                var die = victim.Node.Dies[index % BedMap.DieCount];
                var raised = Stopwatch.GetTimestamp();
                var acking = witness.Kernel.TellAsync(
                    (msgid, at) =>
                        new DeviceRecord.Panic(msgid, at, (ulong)armed.Ms, victim.Node.Cna ?? default, die.Eid),
                    stop
                );
                trial.Words.Add(new Word(LifeName.Of(victim), witness, play.ReachesMajority(witness), raised, acking));
            }
        }

        trial.PanicAt = Stopwatch.GetTimestamp();
        if (play.Gap is { } gap && trial.NotCounted.Length == 0)
        {
            trial.NotCounted =
                trial.PanicAt >= trial.NextDueAt ? "the next heartbeat was due before the panic"
                : tap.HasBetween(gap.From, gap.To, play.Die, trial.Cut.From, trial.PanicAt)
                || tap.HasBetween(gap.To, gap.From, play.Die, trial.Cut.From, trial.PanicAt)
                    ? "a heartbeat left between cut and panic"
                : "";
        }
    }

    private async Task SuccessorAsync(Play play)
    {
        var old = play.Cast[Actor.Master];
        var limit = TimeSpan.FromSeconds(20);
        while (Stopwatch.GetElapsedTime(play.EndedAt) < limit)
        {
            var from = play.Cast[Actor.Bystander];
            if (
                await fleet.AskAsync(from, stop) is { Master: { } master } view
                && master != old.Number
                && view.Term > play.Cast.Picture.Term
            )
            {
                play.Trial.Succession = Stopwatch.GetElapsedTime(play.EndedAt);
                if (play.Trial.Succession > SucceedWithin)
                {
                    play.Trial.Findings.Add(
                        new(
                            "L4",
                            $"the new master came {play.Trial.Succession.Value.TotalSeconds:0.00} s after {old.Name} had ended"
                        )
                    );
                }

                return;
            }

            await Task.Delay(20, stop);
        }

        play.Trial.Findings.Add(new("L4", $"no new master within {limit.TotalSeconds:0} s after {old.Name} had ended"));
    }

    private async Task MendAsync(Play play)
    {
        await play.StopFlappingAsync();
        if (@switch.IsWhole && play.MendedAt != 0)
        {
            return;
        }

        play.Trial.Dropped += await Switch.DroppedAsync();
        if (play.KeepsOneCut)
        {
            var (one, other, rail) = play.Ways.First(w => play.Runs(w.From) && play.Runs(w.To));
            play.Trial.Kept = new KeptCut(one, other, rail);
        }

        play.Trial.Relays.AddRange(await @switch.MendAsync(play.Trial.Kept));
        play.MendedAt = play.Trial.MendedAt = Stopwatch.GetTimestamp();
        foreach (var (from, to, die) in play.Ways.Distinct().Where(w => play.Runs(w.From) && play.Runs(w.To)))
        {
            play.Trial.Relinks.Add(new Relink(from, to, die, tap.FirstAfter(from, to, die, play.MendedAt)));
        }
    }

    private void ForgetNode(int number) => tap.Forget(way => way.From == number || way.To == number);

    // Those who died come back, those who stood still go on; then what was said is judged.
    private async Task EndAsync(Play play)
    {
        var trial = play.Trial;
        play.Load?.Dispose();
        play.Paused.ForEach(machine => machine.SetPaused(isPaused: false));
        var limit = TimeSpan.FromSeconds(WindowSeconds + 5);
        await Task.WhenAll(trial.Words.Select(w => w.Acking)).WaitAsync(limit, stop);
        if (play.Dead.Count > 0)
        {
            await @switch.SetDeadAsync(play.Dead.Select(d => d.Number), isDead: false);
        }

        foreach (var machine in play.Dead.Concat(play.Killed))
        {
            fleet.Boot(machine);
        }

        JudgeWords(play);
        if (play.IsCut && trial.Dropped == 0 && play.IsSilentCut && trial.NotCounted.Length == 0)
        {
            trial.NotCounted = "the cut has dropped nothing";
        }

        if (trial.Relays.Exists(r => r.Frames == 0 || r.Refused > 0) && trial.NotCounted.Length == 0)
        {
            trial.NotCounted = "a relay has relayed nothing, or not all that it should have";
        }

        if (play.Scenario.IsOverlapping)
        {
            await fleet.WaitForStartsAsync(StartingMax, TimeSpan.FromSeconds(60), stop);
        }
        else
        {
            trial.Settled = await fleet.SettleAsync(TimeSpan.FromSeconds(60), stop);
            if (trial.Settled is not { } took)
            {
                trial.Findings.Add(
                    new("L3", $"the cluster does not agree 60 s after the last fault: {await fleet.TroubleAsync(stop)}")
                );
            }
            else if (took > AgreeWithin && play.Load is null)
            {
                trial.Findings.Add(
                    new("L3", $"the cluster agreed only {took.TotalSeconds:0.0} s after the last fault")
                );
            }
        }
    }

    private static void JudgeWords(Play play)
    {
        var within = play.Scenario.AckWithin;
        foreach (var word in play.Trial.Words)
        {
            var who = $"the panic of {word.Victim}, told to {word.Witness.Name}";
            if (word.Ack is not { } ack)
            {
                play.Trial.Findings.Add(new("S3", $"{who}, was lost: no ack within the window of {WindowSeconds} s"));
            }
            else if (word.ReachesMajority && ack.After > within)
            {
                play.Trial.Findings.Add(
                    new(
                        "L1",
                        $"{who}, was acked after {ack.After.TotalSeconds:0.00} s; promised {within.TotalSeconds:0.0} s"
                    )
                );
            }
            else if (ack.After.TotalSeconds > WindowSeconds)
            {
                play.Trial.Findings.Add(new("S7", $"{who}, was acked after its window"));
            }
            else if (!word.ReachesMajority && ack.At < play.MendedAt)
            {
                play.Trial.Findings.Add(new("S2", $"{who}, was acked while it reached no majority"));
            }
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
