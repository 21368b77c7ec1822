using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>Windows are 0 to 3,600,000 ms, and long enough for a stock kernel to send and be acked.</summary>
internal static class TimeoutRule
{
    private const int NeverSentBelowMs = 1000;
    public const int NeverAckedBelowMs = 2000;

    public static void Check(MapDraft draft, ProblemList problems)
    {
        Check("file", draft.Timeouts, problems);
        foreach (var node in draft.Nodes)
        {
            Check(node.Owner, node.Timeouts, problems);
        }
    }

    private static void Check(string owner, DraftTimeouts timeouts, ProblemList problems)
    {
        CheckOne(owner, "panic_ms", timeouts.PanicMs, problems);
        CheckOne(owner, "kernel_reboot_ms", timeouts.KernelRebootMs, problems);
    }

    private static void CheckOne(string owner, string name, Said<int>? said, ProblemList problems)
    {
        const string expected = "whole seconds, 2000 to 3600000 ms";
        if (said is null)
        {
            return;
        }

        var found = Invariant($"{owner}: {name} is {said.Value}");
        switch (said.Value)
        {
            case < 0 or > Limits.WindowMsMax:
                problems.Add(
                    said.At,
                    TopologyProblemCode.Timeout,
                    found,
                    "a whole number, 0 to 3600000 ms",
                    "write 35000"
                );
                break;
            case < NeverSentBelowMs:
                problems.Add(
                    said.At,
                    TopologyProblemCode.WindowNeverSent,
                    $"{found}: a stock kernel never sends with a window under 1000 ms",
                    expected,
                    "write 35000"
                );
                break;
            case < NeverAckedBelowMs:
                problems.Add(
                    said.At,
                    TopologyProblemCode.WindowTooShort,
                    $"{found}: through a stock kernel no ack comes within 2000 ms",
                    expected,
                    "write 35000"
                );
                break;
            default:
                if (said.Value % 1000 != 0)
                {
                    problems.Add(
                        said.At,
                        TopologyProblemCode.WindowFraction,
                        found,
                        expected,
                        Invariant($"write {said.Value / 1000 * 1000}, which is what it does")
                    );
                }

                break;
        }
    }
}
