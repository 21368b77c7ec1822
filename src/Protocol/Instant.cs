namespace ClusterRas.Protocol;

/// <summary>A point of this node's own monotonic clock (CLOCK_MONOTONIC), in nanoseconds. Never sent to another node.</summary>
/// <remarks>It is the kernel's own clock, so that the age of a device record (<c>start_send_time</c>) can be told.</remarks>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    /// <summary>Later than every other instant: "no deadline".</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>Earlier than every other instant.</summary>
    public static readonly Instant Zero;

    /// <summary>The first instant after this one; <see cref="Never"/> stays.</summary>
    public Instant Next => this == Never ? Never : new(Nanoseconds + 1);

    /// <summary>The later instant; <see cref="Never"/> stays.</summary>
    public static Instant operator +(Instant at, TimeSpan by) =>
        at == Never || by >= Never - at ? Never : new(at.Nanoseconds + (by.Ticks * 100));

    /// <summary>The earlier instant; <see cref="Never"/> stays.</summary>
    public static Instant operator -(Instant at, TimeSpan by) =>
        at == Never ? Never : new(at.Nanoseconds - (by.Ticks * 100));

    /// <summary>Time from <paramref name="from"/> to <paramref name="to"/>; negative if it lies ahead.</summary>
    public static TimeSpan operator -(Instant to, Instant from) => new((to.Nanoseconds - from.Nanoseconds) / 100);

    /// <summary>Order on this node's clock.</summary>
    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Order on this node's clock.</summary>
    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Order on this node's clock.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Order on this node's clock.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The earlier of two.</summary>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <summary>The later of two.</summary>
    public static Instant Max(Instant left, Instant right) => left > right ? left : right;

    /// <inheritdoc />
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds with microseconds, as <c>dmesg</c> prints them.</summary>
    public override string ToString() =>
        this == Never
            ? "never"
            : (Nanoseconds / 1e9).ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture);
}
