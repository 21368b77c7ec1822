using System.Globalization;
using System.Text;

namespace ClusterRas.Chaos;

/// <summary>What a run leaves: a page, the numbers behind it, and of what went wrong the logs and recordings.</summary>
internal sealed class ReportFolder(ChaosOptions options, RunVerdict verdict, Fleet fleet)
{
    /// <summary>Writes all of it.</summary>
    public void Write()
    {
        Directory.CreateDirectory(options.Out);
        File.WriteAllText(Path.Combine(options.Out, "trials.csv"), Trials());
        File.WriteAllText(
            Path.Combine(options.Out, "report.html"),
            new ReportPage(options, verdict, fleet.Lives).Render()
        );
        if (verdict.Failed == 0)
        {
            return;
        }

        foreach (var machine in fleet.Machines)
        {
            File.Copy(machine.LogPath, Path.Combine(options.Out, $"{machine.Name}.log"), overwrite: true);
        }

        foreach (var path in verdict.Replays.BadFiles)
        {
            var name = Path.GetFileName(Path.GetDirectoryName(path)) + "-" + Path.GetFileName(path);
            File.Copy(path, Path.Combine(options.Out, name), overwrite: true);
        }
    }

    // Times in ms since the last heartbeat, or since the cut where no gap was waited for.
    private string Trials()
    {
        var text = new StringBuilder(
            "scenario,trial,counted,cut_ms,panic_ms,next_due_ms,mended_ms,dropped,relayed,victim,witness,reached_majority,ack_after_ms\n"
        );
        foreach (var trial in verdict.Results.SelectMany(r => r.Trials))
        {
            var zero = trial.LastBeatAt != 0 ? trial.LastBeatAt : trial.Cut.From;
            foreach (var word in trial.Words)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{trial.Scenario},{trial.Number},{trial.NotCounted.Length == 0},{Ms(zero, trial.Cut.Done)},{Ms(zero, trial.PanicAt)},"
                        + $"{Ms(zero, trial.NextDueAt)},{Ms(zero, trial.MendedAt)},{trial.Dropped},{trial.Relays.Sum(r => r.Frames)},{word.Victim.Number},{word.Witness.Number},"
                        + $"{word.ReachesMajority},{(word.Ack is { } ack ? ack.After.TotalMilliseconds : double.NaN):0.000}\n"
                );
            }
        }

        return text.ToString();
    }

    private static string Ms(long zero, long at) =>
        at == 0 || zero == 0
            ? ""
            : System
                .Diagnostics.Stopwatch.GetElapsedTime(zero, at)
                .TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);
}
