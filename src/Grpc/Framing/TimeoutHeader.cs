using System.Globalization;

namespace Grpc.Framing;

/// <summary>grpc-timeout: at most 8 digits and a unit. A remaining duration crosses the wire, never a deadline.</summary>
internal static class TimeoutHeader
{
    private const long ValueMax = 99_999_999;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>In the finest unit that fits, rounded up: the server must not give up before the client does.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, TimeSpan.TicksPerMicrosecond);
        foreach (var (unit, unitTicks) in Units)
        {
            var value = ticks / unitTicks + (ticks % unitTicks == 0 ? 0 : 1);
            if (value <= ValueMax)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }

        return "99999999H";
    }

    /// <summary>False for text that is no timeout. Longer than a TimeSpan can be is the longest TimeSpan.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        if (
            text.Length is < 2 or > 9
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }

        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((value + 99) / 100);
            return true;
        }

        foreach (var (unit, unitTicks) in Units)
        {
            if (unit == text[^1])
            {
                timeout = value > TimeSpan.MaxValue.Ticks / unitTicks ? TimeSpan.MaxValue : new(value * unitTicks);
                return true;
            }
        }

        return false;
    }
}
