namespace ClusterRas.Node.Sources;

/// <summary>The error numbers that a source tells apart; equal on x86-64 and aarch64.</summary>
internal static class Errno
{
    public const int None = 0;
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoSuchDeviceOrAddress = 6;
    public const int TryAgain = 11;
    public const int BadAddress = 14;
    public const int Exists = 17;
    public const int BrokenPipe = 32;
    public const int TimerExpired = 62;

    /// <summary>ERESTART: the driver hands it out as it is, where others let the kernel make EINTR of it.</summary>
    public const int Restart = 85;
}
