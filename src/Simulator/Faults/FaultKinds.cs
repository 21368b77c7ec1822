using System.Collections.Immutable;
using ClusterRas.Simulator.Faults.Kinds;

namespace ClusterRas.Simulator.Faults;

/// <summary>All kinds of faults: the rows of the coverage table.</summary>
internal static class FaultKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        .. CutKinds.All,
        .. NoiseKinds.All,
        .. ProcessKinds.All,
        .. ClockKinds.All,
        .. DiskKinds.All,
        .. DeviceKinds.All,
        .. NodeKinds.All,
        .. GroupKinds.All,
        .. HandlerKinds.All,
        .. WordKinds.All,
        .. OperatorKinds.All,
    ];

    /// <summary>
    /// Whose turn it is, round and round. Kinds that do not fit all shapes have two, as they lose some; those that aim at
    /// one instant have two as well, as they often miss.
    /// </summary>
    public static ImmutableArray<FaultKind> Turns { get; } =
    [.. All, .. All.Where(static kind => !kind.Fits(new Shape(3, 3, 1, false))), .. DeviceKinds.All];

    /// <summary>What makes words: each life has some, however quiet it is.</summary>
    public static ImmutableArray<FaultKind> Words { get; } =
    [.. NodeKinds.All.Where(static kind => kind.Name is "panic" or "reboot" or "reboot, then panic"), .. WordKinds.All];

    /// <summary>One of these that fits, by weight.</summary>
    public static FaultKind Draw(ImmutableArray<FaultKind> kinds, Dice dice)
    {
        var fitting = kinds.Where(kind => kind.Fits(dice.Shape)).ToArray();
        var place = dice.Chance.Below(fitting.Sum(kind => kind.Weight));
        foreach (var kind in fitting)
        {
            place -= kind.Weight;
            if (place < 0)
            {
                return kind;
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }
}
