using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.WireBench;

/// <summary>Round trips of one wire, one at a time.</summary>
internal static class Meter
{
    private const int WarmUp = 500;
    private const int Rounds = 3000;

    /// <summary>Runs a round trip again and again; sorted, in microseconds.</summary>
    public static double[] RoundTrips(Action round)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            round();
        }

        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var from = Stopwatch.GetTimestamp();
            round();
            times[i] = Stopwatch.GetElapsedTime(from).TotalMicroseconds;
        }

        Array.Sort(times);
        return times;
    }

    public static void Tell(string wire, int size, double[] times, double? framesASecond)
    {
        var culture = CultureInfo.InvariantCulture;
        var many = framesASecond is { } rate ? rate.ToString("N0", culture) : "-";
        Console.WriteLine(
            string.Create(
                culture,
                $"{wire, -30} {size, 6} B {times[times.Length / 2], 9:0.0} us {times[times.Length * 99 / 100], 9:0.0} us {many, 12}"
            )
        );
    }
}
