namespace ClusterRas.Fabric;

/// <summary>How long a dying kernel waits for its ack, in ms: 0 to 3,600,000; null: as it is by default, 35,000.</summary>
/// <remarks>Source: sysSentry, options --panic_timeout_ms and --kernel_reboot_timeout_ms.</remarks>
public readonly record struct BlockingTimeouts(int? PanicMs, int? KernelRebootMs)
{
    /// <summary>What the drivers have by themselves.</summary>
    public const int MsDefault = 35_000;

    /// <summary>True: nothing is said.</summary>
    public bool IsEmpty => PanicMs is null && KernelRebootMs is null;

    /// <summary>These, and the others where these say nothing.</summary>
    public BlockingTimeouts Or(BlockingTimeouts others) =>
        new(PanicMs ?? others.PanicMs, KernelRebootMs ?? others.KernelRebootMs);
}
