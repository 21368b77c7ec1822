using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Demo;

/// <summary>Durations as the story tells them.</summary>
internal static class Seconds
{
    /// <summary>E.g. <c>1.234 s</c>.</summary>
    public static string Of(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s");

    /// <summary>From a reading of <see cref="Stopwatch.GetTimestamp"/> until now.</summary>
    public static string Since(long timestamp) => Of(Stopwatch.GetElapsedTime(timestamp));

    /// <summary>E.g. <c>34.9 s</c> of so many milliseconds; a dash: none.</summary>
    public static string OfMs(long? ms) => ms is { } value ? Of(TimeSpan.FromMilliseconds(value)) : "-";
}
