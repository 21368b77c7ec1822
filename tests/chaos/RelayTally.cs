using System.Globalization;

namespace ClusterRas.Chaos;

/// <summary>What a relay has done, both directions together.</summary>
/// <param name="Frames">Passed on.</param>
/// <param name="Bytes">In them.</param>
/// <param name="Dropped">Frames that found too much waiting.</param>
/// <param name="Missed">Frames that came while the machine let the relay not run for so long that the kernel could keep no more for it.</param>
/// <param name="Refused">Frames that the kernel did not take.</param>
internal sealed record RelayTally(long Frames, long Bytes, long Dropped, long Missed, long Refused)
{
    /// <summary>As the relay's last line.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Frames} {Bytes} {Dropped} {Missed} {Refused}");

    /// <summary>Reads it; null: it is none.</summary>
    public static RelayTally? Parse(string? line) =>
        line?.Split(' ') is [var frames, var bytes, var dropped, var missed, var refused]
        && Count(frames) is { } f
        && Count(bytes) is { } b
        && Count(dropped) is { } d
        && Count(missed) is { } m
        && Count(refused) is { } r
            ? new(f, b, d, m, r)
            : null;

    /// <summary>For people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Frames} frames ({Bytes / 1000.0:0} kB), {Dropped} beyond the queue"
        )
        + Also(Missed, "missed")
        + Also(Refused, "refused");

    private static string Also(long count, string what) =>
        count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count} {what}");

    private static long? Count(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
