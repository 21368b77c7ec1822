namespace ClusterRas.Sentry;

/// <summary>Where the fields of a device record stand; both forms have 88 bytes and claim version 1.6.</summary>
public enum DeviceRecordLayout
{
    /// <summary>Type at 0, msgid at 8: kernels before 2026-07-13.</summary>
    A,

    /// <summary>Msgid at 0, type at 24: kernels since 2026-07-13.</summary>
    B,
}
