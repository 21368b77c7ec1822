using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.ClusterOption;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>Rhythms and limits are in their ranges, and fit each other and the windows.</summary>
internal static class TuningRule
{
    /// <summary>A stock kernel elsewhere looks for its ack once a second: an answer leaves so long before the window ends.</summary>
    public const int MarginMs = 1500;

    /// <summary>The shortest window that outlasts a change of masters, in ms.</summary>
    public static long WindowMsMin(Tuning tuning) => MarginMs + tuning[ElectionMaxMs] + (2L * tuning[ResendMs]);

    public static void Check(MapDraft draft, ProblemList problems)
    {
        var isInRange = true;
        foreach (var (option, said) in draft.Tuning)
        {
            if (said.Value < option.Min || said.Value > option.Max)
            {
                isInRange = false;
                problems.Add(
                    said.At,
                    TopologyProblemCode.TuningRange,
                    Invariant(
                        $"{option.Name} is {said.Value}: {(said.Value < option.Min ? option.Below : option.Above)}"
                    ),
                    option.Expected,
                    Invariant($"write {option.Default}, which it is without a word")
                );
            }
        }

        // What stands outside of its range fits nothing, and that is the same mistake.
        if (isInRange)
        {
            var tuning = new Tuning(draft.Tuning.Select(one => KeyValuePair.Create(one.Key, one.Value.Value)));
            CheckRhythms(draft, tuning, problems);
            CheckWindows(draft, tuning, problems);
        }
    }

    private static void CheckRhythms(MapDraft draft, Tuning tuning, ProblemList problems)
    {
        const int seats = 5;
        Want(
            TopologyProblemCode.TuningElection,
            ElectionMinMs,
            tuning[ElectionMinMs] >= 3 * tuning[BeatMs],
            Invariant($"3 times {BeatMs} ({tuning[BeatMs]}) or more"),
            BeatMs
        );
        Want(
            TopologyProblemCode.TuningElection,
            ElectionMaxMs,
            tuning[ElectionMaxMs] * 5L >= tuning[ElectionMinMs] * 6L,
            Invariant($"a fifth more than {ElectionMinMs} ({tuning[ElectionMinMs]}), or more"),
            ElectionMinMs
        );
        Want(
            TopologyProblemCode.TuningElection,
            SeatDelayMs,
            tuning[SeatDelayMs] * (long)seats <= tuning[ElectionMinMs],
            Invariant($"a fifth of {ElectionMinMs} ({tuning[ElectionMinMs]}) at most"),
            ElectionMinMs
        );
        Want(
            TopologyProblemCode.TuningSilence,
            LinkAckMs,
            tuning[LinkAckMs] <= tuning[HeartbeatMs],
            Invariant($"{HeartbeatMs} ({tuning[HeartbeatMs]}) at most"),
            HeartbeatMs
        );
        Want(
            TopologyProblemCode.TuningSilence,
            ProbeMs,
            tuning[ProbeMs] <= tuning[HeartbeatMs],
            Invariant($"{HeartbeatMs} ({tuning[HeartbeatMs]}) at most"),
            HeartbeatMs
        );
        Want(
            TopologyProblemCode.TuningSilence,
            HeartbeatsMissed,
            tuning.SilentAfterMs > tuning[ElectionMaxMs],
            Invariant(
                $"{HeartbeatMs} times {HeartbeatsMissed} plus {ProbeMs} (now {tuning.SilentAfterMs} ms) over {ElectionMaxMs} ({tuning[ElectionMaxMs]})"
            ),
            HeartbeatMs,
            ProbeMs,
            ElectionMaxMs
        );
        Want(
            TopologyProblemCode.TuningSilence,
            DeliverMs,
            tuning[DeliverMs] >= tuning[ResendMs],
            Invariant($"{ResendMs} ({tuning[ResendMs]}) or more"),
            ResendMs
        );

        // Told where it was said; where the option itself was not, at the first of the others that was.
        void Want(
            TopologyProblemCode code,
            ClusterOption option,
            bool holds,
            string expected,
            params ClusterOption[] others
        )
        {
            if (!holds)
            {
                var said = others.Prepend(option).Where(draft.Tuning.ContainsKey).ToList();
                problems.Add(
                    said.Count > 0 ? draft.Tuning[said[0]].At : draft.At,
                    code,
                    Invariant($"{option} is {tuning[option]}"),
                    expected,
                    $"change {string.Join(" or ", others.Prepend(option).Select(one => one.Name))}"
                );
            }
        }
    }

    // Windows too short for a stock kernel have a rule of their own.
    private static void CheckWindows(MapDraft draft, Tuning tuning, ProblemList problems)
    {
        var least = WindowMsMin(tuning);
        var isDefaultUsed =
            draft.Nodes.Count == 0
            || draft.Nodes.Exists(node =>
                (node.Timeouts.PanicMs ?? draft.Timeouts.PanicMs) is null
                || (node.Timeouts.KernelRebootMs ?? draft.Timeouts.KernelRebootMs) is null
            );
        if (least > BlockingTimeouts.MsDefault && isDefaultUsed)
        {
            problems.Add(
                draft.Tuning.GetValueOrDefault(ElectionMaxMs, draft.Tuning.GetValueOrDefault(ResendMs)!).At,
                TopologyProblemCode.TuningWindow,
                Invariant(
                    $"a window of {BlockingTimeouts.MsDefault}, the drivers' own: a change of masters takes longer"
                ),
                Invariant($"windows of {least} ms or more, or shorter rhythms"),
                $"write timeouts, or change {ElectionMaxMs} or {ResendMs}"
            );
        }

        var windows =
            from one in draft
                .Nodes.Select(node => (node.Owner, node.Timeouts))
                .Prepend((Owner: "file", Timeouts: draft.Timeouts))
            from window in new[]
            {
                ("panic_ms", one.Timeouts.PanicMs),
                ("kernel_reboot_ms", one.Timeouts.KernelRebootMs),
            }
            where window.Item2 is { Value: >= TimeoutRule.NeverAckedBelowMs } && window.Item2.Value < least
            select (one.Owner, window.Item1, window.Item2);
        foreach (var (owner, name, said) in windows)
        {
            problems.Add(
                said.At,
                TopologyProblemCode.TuningWindow,
                Invariant($"{owner}: {name} is {said.Value}: a change of masters takes longer"),
                Invariant(
                    $"{least} ms or more: {MarginMs} before its end, {ElectionMaxMs} ({tuning[ElectionMaxMs]}) and twice {ResendMs} ({tuning[ResendMs]})"
                ),
                "write 35000"
            );
        }
    }
}
