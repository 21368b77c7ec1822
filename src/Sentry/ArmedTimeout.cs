using ClusterRas.Fabric;

namespace ClusterRas.Sentry;

/// <summary>A panic or reboot timeout as <c>rasd</c> arms it: whole seconds, then the life's tag in 3 digits.</summary>
/// <remarks>
/// The stock kernel waits whole seconds only and hands the number on untouched, so every witness can read from it which
/// life speaks: 35017 is 35 s of the life with tag 17. Tag 0: armed by somebody else.
/// </remarks>
public readonly record struct ArmedTimeout
{
    /// <summary>The largest tag.</summary>
    public const int TagMax = 999;

    /// <summary>Arms so many seconds for a life.</summary>
    /// <param name="seconds">1 to 3599; 3600 with tag 0 only, for the kernel takes no more than one hour.</param>
    /// <param name="tag">0 to <see cref="TagMax"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kernel would refuse it, or never send.</exception>
    public ArmedTimeout(int seconds, int tag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tag);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag, TagMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, (Limits.WindowMsMax - tag) / 1000);
        Seconds = seconds;
        Tag = tag;
    }

    /// <summary>How long the kernel really waits.</summary>
    public int Seconds { get; }

    /// <summary>Which life armed it; 0: not armed by <c>rasd</c>.</summary>
    public int Tag { get; }

    /// <summary>The number to set, and the one that comes back in records.</summary>
    public int Ms => (Seconds * 1000) + Tag;

    /// <summary>Reads the number of a record.</summary>
    /// <returns>False where no kernel could have sent it: no window, under 1 s, over one hour.</returns>
    public static bool TryRead(ulong? timeoutMs, out ArmedTimeout armed)
    {
        var isPossible = timeoutMs is >= 1000 and <= Limits.WindowMsMax;
        armed = isPossible ? new ArmedTimeout((int)(timeoutMs ?? 0) / 1000, (int)((timeoutMs ?? 0) % 1000)) : default;
        return isPossible;
    }
}
