namespace ClusterRas.Sentry;

/// <summary>What subscribers are told about a UB memory fault: <c>sentry_ubus_mem_err_type</c> of alarm 1013.</summary>
public enum MemoryFaultType
{
    /// <summary>No route.</summary>
    Route = 0,

    /// <summary>The port was interrupted.</summary>
    FluxInterrupt = 1,

    /// <summary>Translation of an outbound address.</summary>
    OutboundTranslation = 2,

    /// <summary>Translation of an inbound address.</summary>
    InboundTranslation = 3,

    /// <summary>No answer in time.</summary>
    Timeout = 4,

    /// <summary>The bus.</summary>
    Bus = 5,

    /// <summary>An error that could not be corrected.</summary>
    Uncorrectable = 6,
}

/// <summary>The table from the hardware's numbers to <see cref="MemoryFaultType"/>.</summary>
public static class MemoryFaultTypes
{
    /// <summary>Null: subscribers have no word for it (10 and 11 are for the log, 12 and from 18 on unknown).</summary>
    public static MemoryFaultType? OfRaw(int rawType) =>
        rawType switch
        {
            0 => MemoryFaultType.Route,
            1 or 2 or 7 or 8 or 17 => MemoryFaultType.Uncorrectable,
            3 or 4 or 14 => MemoryFaultType.InboundTranslation,
            5 or 6 or 15 => MemoryFaultType.Timeout,
            9 => MemoryFaultType.FluxInterrupt,
            13 => MemoryFaultType.OutboundTranslation,
            16 => MemoryFaultType.Bus,
            _ => null,
        };
}
