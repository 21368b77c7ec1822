namespace ClusterRas.Sentry;

/// <summary>The requests that <c>/dev/sentry_msg_helper</c> knows; any other is EINVAL.</summary>
public static class DeviceIoctl
{
    /// <summary>Answers a record: takes an 88-byte record, looks at msgid and res only. 0, EFAULT or ENOENT.</summary>
    public const uint MsgAck = 0x00007D10;

    /// <summary>Gives 8 bytes: major u32, minor u32; 1.6 in both layouts.</summary>
    public const uint VersionCheck = 0x80087D11;
}
