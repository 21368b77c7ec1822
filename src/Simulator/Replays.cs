using System.Globalization;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Simulator;

/// <summary>Recordings of real daemons, fed to the same core: <c>./x replay FILE…</c>.</summary>
internal static class Replays
{
    public const string Usage = "usage: ./x replay FILE... (what 'rasd --record FILE' has written)";

    private const int Agreed = 0;
    private const int Different = 1;
    private const int NotUsable = 2;

    /// <summary>Replays each and says how it went.</summary>
    /// <returns>0: all agree. 1: one decides otherwise. 2: one cannot be used, or none is given.</returns>
    public static int Run(IReadOnlyList<string> files, TextWriter output)
    {
        if (files.Count == 0)
        {
            output.WriteLine(Usage);
            return NotUsable;
        }

        var worst = Agreed;
        foreach (var file in files)
        {
            var outcome = Replay(file);
            output.WriteLine($"{file}: {Say(outcome)}");
            worst = Math.Max(
                worst,
                outcome switch
                {
                    ReplayOutcome.Agrees => Agreed,
                    ReplayOutcome.Differs => Different,
                    _ => NotUsable,
                }
            );
        }

        return worst;
    }

    private static ReplayOutcome Replay(string file)
    {
        try
        {
            using var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
            return RunReplay.Run(input);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return new ReplayOutcome.Unusable(trouble.Message);
        }
    }

    private static string Say(ReplayOutcome outcome) =>
        outcome switch
        {
            ReplayOutcome.Agrees { End: { } end } agrees => Line(
                $"{agrees.StepCount} steps agree; the recording ends: {end}"
            ),
            ReplayOutcome.Agrees agrees => Line($"{agrees.StepCount} steps agree; the recording has no end"),
            ReplayOutcome.Differs differs => Line($"step {differs.Step} decides otherwise, at {differs.At}\n")
                + $"  input     {differs.Input}\n"
                + Line($"  recorded  {differs.Recorded:x16}\n  replayed  {differs.Replayed:x16}")
                + (differs.SameCore ? "" : $", by another build of the core; it was recorded by {differs.Version}")
                + string.Concat(differs.Decided.Select(effect => $"\n  decided   {effect}")),
            ReplayOutcome.Unusable unusable => $"cannot be used: {unusable.Reason}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
