using System.Globalization;

namespace ClusterRas.Chaos;

/// <summary>How slow a rail of a node is, in each direction.</summary>
/// <param name="Delay">Each frame arrives so much later, at least.</param>
/// <param name="Jitter">And up to this more, drawn for each frame; none overtakes another.</param>
/// <param name="BytesPerSecond">So much passes in a second; null: as much as comes.</param>
internal sealed record Slowness(TimeSpan Delay, TimeSpan Jitter, int? BytesPerSecond)
{
    /// <summary>As fast as it can.</summary>
    public static readonly Slowness None = new(TimeSpan.Zero, TimeSpan.Zero, null);

    /// <summary>As a line for the relay: ms, ms, bytes a second (0: no limit).</summary>
    public string Line =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Delay.TotalMilliseconds:0} {Jitter.TotalMilliseconds:0} {BytesPerSecond ?? 0}"
        );

    /// <summary>Reads such a line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Slowness Parse(string line)
    {
        var words = line.Split(' ');
        if (words.Length != 3)
        {
            throw new FormatException($"\"{line}\" is no slowness; expected ms of delay, ms of jitter, bytes a second");
        }

        var (delay, jitter, rate) = (Whole(words[0]), Whole(words[1]), Whole(words[2]));
        return new(TimeSpan.FromMilliseconds(delay), TimeSpan.FromMilliseconds(jitter), rate == 0 ? null : rate);
    }

    private static int Whole(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
