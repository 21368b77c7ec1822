using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Scenarios;

/// <summary>Shrinks a plan to the fewest faults that still break the same promise.</summary>
/// <param name="breaks">Plays a plan; the oracle that was broken and when, or null.</param>
internal sealed class Minimiser(Func<FaultPlan, (string Oracle, TimeSpan At)?> breaks)
{
    private string oracle = "";
    private TimeSpan brokenAt;

    /// <summary>Plans that were played.</summary>
    public int Tried { get; private set; }

    /// <summary>Of real lives.</summary>
    public static Minimiser OfLives { get; } =
        new(static plan =>
            ClusterLife.Play(plan, transcript: null).Violation is { } broken ? (broken.Oracle, broken.At) : null
        );

    /// <returns>Null: the plan breaks nothing.</returns>
    public FaultPlan? Shrink(FaultPlan plan)
    {
        if (breaks(plan) is not { } broken)
        {
            return null;
        }

        (oracle, brokenAt) = broken;
        plan = End(plan);
        plan = Without(plan);
        plan = Opened(plan);
        plan = Without(plan);
        plan = Plain(plan);
        return End(plan);
    }

    // Nothing after the broken promise is needed, if it is not one of the end.
    private FaultPlan End(FaultPlan plan) => Take(plan, plan with { End = brokenAt + TimeSpan.FromMilliseconds(1) });

    // Half of them, a quarter, and so on; then once more, as one that was needed may not be any longer (ddmin).
    private FaultPlan Without(FaultPlan plan)
    {
        for (var size = Math.Max(1, plan.Faults.Length / 2); ; size = Math.Max(1, size / 2))
        {
            var before = plan.Faults.Length;
            for (var from = plan.Faults.Length - size; from >= 0 && plan.Faults.Length > 0; from -= size)
            {
                var count = Math.Min(size, plan.Faults.Length - from);
                plan = count > 0 ? Take(plan, plan with { Faults = plan.Faults.RemoveRange(from, count) }) : plan;
            }

            if (size == 1 && plan.Faults.Length == before)
            {
                return plan;
            }
        }
    }

    // A series becomes its parts, of which some may not be needed.
    private FaultPlan Opened(FaultPlan plan)
    {
        foreach (var series in plan.Faults.OfType<Fault.Series>().Where(series => series.When is null).ToArray())
        {
            var parts = series.Parts.Select(part => part with { At = series.At + part.At });
            var faults = plan.Faults.Remove(series).AddRange(parts).Sort(static (a, b) => a.At.CompareTo(b.At));
            plan = Take(plan, plan with { Faults = faults });
        }

        return plan;
    }

    private FaultPlan Plain(FaultPlan plan)
    {
        foreach (var handler in plan.Handlers)
        {
            plan = Take(plan, plan with { Handlers = plan.Handlers.Remove(handler) });
        }

        plan = plan.Untagged == default ? plan : Take(plan, plan with { Untagged = default });
        plan = plan.LogEntriesMax is null ? plan : Take(plan, plan with { LogEntriesMax = null });
        return plan.Shape.Uvb ? Take(plan, plan with { Shape = plan.Shape with { Uvb = false } }) : plan;
    }

    private FaultPlan Take(FaultPlan plan, FaultPlan smaller)
    {
        Tried++;
        if (breaks(smaller) is not { } broken || broken.Oracle != oracle)
        {
            return plan;
        }

        brokenAt = broken.At;
        return smaller;
    }
}
