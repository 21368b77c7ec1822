using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Stock;

/// <summary>How two verdicts over one command compare.</summary>
public enum SettingDifference
{
    /// <summary>Both take it, or both refuse it.</summary>
    None,

    /// <summary>sysSentry takes it; here it is refused.</summary>
    OnlyWeRefuse,

    /// <summary>sysSentry takes it without a word; here it is taken with a warning.</summary>
    OnlyWeWarn,

    /// <summary>sysSentry refuses it for what only the machine knows; here it is taken.</summary>
    OnlyTheyRefuse,
}

/// <summary>One <c>sentryctl set</c> with sysSentry's verdict and ours.</summary>
/// <param name="Node">Whose line it is; null: nothing says it.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Words">Behind <c>sentryctl</c>.</param>
/// <param name="Theirs">By sysSentry's own rules.</param>
/// <param name="Ours">All that we have to say about it, also where it is taken.</param>
public sealed record JudgedCommand(
    string? Node,
    Place At,
    ImmutableArray<string> Words,
    StockVerdict Theirs,
    ImmutableArray<TopologyProblem> Ours
)
{
    /// <summary>True: nothing of it is an error to us.</summary>
    public bool IsTakenHere => Ours.All(problem => problem.Severity < TopologySeverity.Error);

    /// <summary>The worst that we say of it; null: nothing.</summary>
    public TopologyProblem? Worst => Ours.MaxBy(problem => problem.Severity);

    /// <summary>How the two compare.</summary>
    public SettingDifference Difference =>
        (Theirs.IsTaken, IsTakenHere) switch
        {
            (true, false) => SettingDifference.OnlyWeRefuse,
            (true, true) when Worst is { Severity: TopologySeverity.Warning } => SettingDifference.OnlyWeWarn,
            (false, true) => SettingDifference.OnlyTheyRefuse,
            _ => SettingDifference.None,
        };

    /// <summary>Why they differ; empty: they do not.</summary>
    public string Why =>
        Difference switch
        {
            SettingDifference.None => "",
            SettingDifference.OnlyTheyRefuse when Words.IsEmpty => "it is no set command, and sets nothing",
            SettingDifference.OnlyTheyRefuse => Theirs.Reasons.IsEmpty
                ? "its kernel modules are not loaded: that is the machine's business, and not the line's"
                : "only the machine knows it: its devices, its kernel's parameters, what was set before",
            _ => Worst!.Why,
        };
}
