using System.Globalization;

namespace ClusterRas.Ctl.Text;

/// <summary>Times as people say them.</summary>
internal static class Spans
{
    /// <summary><c>12 ms</c>, <c>34.98 s</c>, <c>12 min 5 s</c>, <c>3 h 12 min</c>, <c>2 d 4 h</c>.</summary>
    public static string OfMs(ulong ms) =>
        ms switch
        {
            < 1_000 => $"{ms} ms",
            < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 10 / 100m:0.##} s"),
            < 3_600_000 => $"{ms / 60_000} min {ms / 1_000 % 60} s",
            < 86_400_000 => $"{ms / 3_600_000} h {ms / 60_000 % 60} min",
            _ => $"{ms / 86_400_000} d {ms / 3_600_000 % 24} h",
        };

    /// <summary><c>180 us</c>, <c>1.2 ms</c>.</summary>
    public static string OfUs(ulong us) =>
        us < 1_000 ? $"{us} us" : string.Create(CultureInfo.InvariantCulture, $"{us / 1000m:0.#} ms");

    /// <summary>A wall clock's time, UTC: operators of one cluster may sit in several zones.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same from a view.</summary>
    public static string Time(ulong unixMs) =>
        unixMs <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? Time(DateTimeOffset.FromUnixTimeMilliseconds((long)unixMs))
            : "?";
}
