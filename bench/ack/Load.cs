using System.Diagnostics;

namespace ClusterRas.AckBench;

/// <summary>How events follow each other.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Rounds">How often.</param>
/// <param name="AtOnce">Events of one round, said together; the round ends when all are answered.</param>
/// <param name="Rest">Between two rounds, so that what an event leaves behind does not count for the next.</param>
/// <param name="Within">No round is begun later.</param>
internal sealed record Load(string Name, int Rounds, int AtOnce, TimeSpan Rest, TimeSpan Within)
{
    /// <summary>One at a time, 16 at once, and many in a row, each as soon as the one before is answered.</summary>
    public static IReadOnlyList<Load> All(int events) =>
        [
            new("one at a time", Math.Max(8, events / 10), 1, TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(5)),
            new("16 at once", Math.Max(2, events / 50), 16, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5)),
            new($"{events} in a row", events, 1, TimeSpan.Zero, TimeSpan.FromSeconds(10)),
        ];

    /// <summary>Says them all, or as many as there is time for.</summary>
    /// <param name="left">Of the whole run.</param>
    public async Task<IReadOnlyList<Sample>> RunAsync(IDoor door, TimeSpan left, CancellationToken stop)
    {
        var samples = new List<Sample>();
        var start = Stopwatch.GetTimestamp();
        var within = left < Within ? left : Within;
        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0 && Stopwatch.GetElapsedTime(start) > within)
            {
                break;
            }

            samples.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => door.SayAsync(stop))));
            if (Rest > TimeSpan.Zero)
            {
                await Task.Delay(Rest, stop);
            }
        }

        return samples;
    }
}
