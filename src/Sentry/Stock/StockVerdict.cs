using System.Collections.Immutable;

namespace ClusterRas.Sentry.Stock;

/// <summary>Who of sysSentry refuses a command.</summary>
public enum StockRefusal
{
    /// <summary>Nobody: it is taken.</summary>
    Nobody,

    /// <summary>The command line's own parser; nothing is sent.</summary>
    Parser,

    /// <summary>The service, before it asks a driver, or because there is none.</summary>
    Service,

    /// <summary>A kernel driver. The operator is told only that some parameters failed.</summary>
    Driver,
}

/// <summary>One write to a driver's file.</summary>
/// <param name="File">Below <c>/proc</c>: <c>sentry_remote_reporter/cna</c>.</param>
/// <param name="Text">What is written, with its newline.</param>
/// <param name="Errno">0: the driver takes it.</param>
public sealed record StockWrite(string File, string Text, int Errno);

/// <summary>What sysSentry makes of one <c>sentryctl set</c>.</summary>
/// <param name="ExitCode">Of the command: 0, 2 (parser) or 255; 0 also where it only shows its help.</param>
/// <param name="RefusedBy">Who refuses it.</param>
/// <param name="Says">What the operator reads, without the word "failed" before it; empty where it is taken.</param>
/// <param name="Reasons">What the drivers have against it; they do not say it to him.</param>
/// <param name="Writes">In their order. They stay, whatever fails later.</param>
public sealed record StockVerdict(
    int ExitCode,
    StockRefusal RefusedBy,
    string Says,
    ImmutableArray<StockReason> Reasons,
    ImmutableArray<StockWrite> Writes
)
{
    /// <summary>True: sysSentry says that all is well.</summary>
    public bool IsTaken => RefusedBy == StockRefusal.Nobody;

    internal static StockVerdict ByParser(string says) => new(2, StockRefusal.Parser, says, [], []);

    internal static StockVerdict ByService(string says, ImmutableArray<StockWrite> writes = default) =>
        new(255, StockRefusal.Service, says, [], writes.IsDefault ? [] : writes);
}

/// <summary>What a driver has against a value.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsOfTheMachine">True: another machine, or the same one a command later, would take it.</param>
public sealed record StockReason(string Text, bool IsOfTheMachine = false);
