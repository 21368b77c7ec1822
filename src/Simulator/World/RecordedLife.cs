using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Simulator.World;

/// <summary>A process's run as <c>rasd --record</c> writes it, in memory, so that every input that the simulator knows goes through the file's
/// form and back.</summary>
internal sealed class RecordedLife : IDisposable
{
    private readonly MemoryStream file = new();
    private readonly RunRecorder recorder;

    private RecordedLife(RunStart start) => recorder = new RunRecorder(file, start);

    /// <summary>A recording of what starts now.</summary>
    public static RecordedLife Begin(RunStart start) => new(start);

    /// <summary>One step.</summary>
    public void Note(Instant now, Input input, List<Effect> effects, Instant nextWake) =>
        recorder.Step(now, input, isFollowed: false, effects, nextWake);

    /// <summary>Replays all so far; null: it decides the same.</summary>
    public string? Difference()
    {
        file.Position = 0;
        var outcome = RunReplay.Run(file);
        file.Position = file.Length;
        return outcome is ReplayOutcome.Agrees ? null : outcome.ToString();
    }

    public void Dispose()
    {
        recorder.Dispose();
        file.Dispose();
    }
}
