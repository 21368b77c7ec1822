namespace ClusterRas.Sentry;

/// <summary>The alarms of xalarmd that this product speaks. Source: sysSentry, libxalarm.</summary>
/// <remarks>1001 and 1002 belong to other plugins; 1011, 1012 and 1014 are reserved.</remarks>
public enum AlarmId
{
    /// <summary>No alarm.</summary>
    None = 0,

    /// <summary>Power-off asked for by the BMC; blocks until <see cref="PowerOffAck"/>.</summary>
    PowerOff = 1003,

    /// <summary>Result 0: go on; any other: veto.</summary>
    PowerOffAck = 1004,

    /// <summary>Memory is short; blocks until <see cref="OutOfMemoryAck"/> where it is synchronous.</summary>
    OutOfMemory = 1005,

    /// <summary>Result: pages freed.</summary>
    OutOfMemoryAck = 1006,

    /// <summary>A node panics; blocks it until <see cref="PanicAck"/>.</summary>
    Panic = 1007,

    /// <summary>The result has no effect.</summary>
    PanicAck = 1008,

    /// <summary>A node's kernel reboots; blocks it until <see cref="KernelRebootAck"/>.</summary>
    KernelReboot = 1009,

    /// <summary>The result has no effect.</summary>
    KernelRebootAck = 1010,

    /// <summary>UB memory fault; no answer.</summary>
    MemoryFault = 1013,

    /// <summary>BMC RAS events, of another plugin.</summary>
    BmcRas = 1015,

    /// <summary>UB link up or down; no answer.</summary>
    LinkChange = 1016,

    /// <summary>Synthetic: the sysSentry service is down.</summary>
    SentryDown = 1128,
}
