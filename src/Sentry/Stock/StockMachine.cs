using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Stock;

/// <summary>What decides on a machine beside the command itself: its hardware, its kernel, and what was set before.</summary>
/// <remarks>Commands change it as they change the drivers.</remarks>
public sealed class StockMachine
{
    /// <summary>Eids that an URMA device of the machine has; null: not known, and any is believed to be one.</summary>
    public IReadOnlySet<Eid>? Owned { get; init; }

    /// <summary>False: the kernel modules are not loaded.</summary>
    public bool HasDrivers { get; init; } = true;

    /// <summary>True: the kernel was started with <c>crash_kexec_post_notifiers</c>.</summary>
    public bool RunsPanicNotifiers { get; init; } = true;

    /// <summary>Set with <c>--uvb_comm</c>.</summary>
    public bool UsesUvb { get; set; } = true;

    /// <summary>Set with <c>--urma_comm</c>.</summary>
    public bool UsesUrma { get; set; } = true;

    /// <summary>True: <c>--server_eid</c> was taken since the last <c>--eid</c>.</summary>
    public bool IsLinked { get; set; }

    /// <summary>The own eids, in the order of the DIEs; what is not set is <see cref="Eid.None"/>. Always two.</summary>
    public ImmutableArray<Eid> Local { get; internal set; } = [Eid.None, Eid.None];

    /// <summary>How many own eids were taken last.</summary>
    public int LocalCount { get; internal set; }

    /// <summary>Sets the own eids as <c>--eid</c> would, without asking a device.</summary>
    /// <param name="eids">None, one or two.</param>
    public void SetLocal(IReadOnlyList<Eid> eids)
    {
        Local = [eids.ElementAtOrDefault(0), eids.ElementAtOrDefault(1)];
        LocalCount = eids.Count;
    }
}
