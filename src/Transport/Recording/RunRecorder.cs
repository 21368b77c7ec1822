using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>Writes a run of one machine: how it started, and each step with a digest of what it decided. One thread at a time.</summary>
/// <remarks>Effects are not written: the same machine makes them again (<see cref="RunReplay"/>).</remarks>
public sealed class RunRecorder : IDisposable
{
    // What is given back was decided an election timeout ago or a little more; far fewer are decided in that time.
    private const int ReturnableMax = 4096;

    private readonly Stream output;
    private readonly EffectDigest digest = new();
    private readonly Queue<(ulong Number, Effect Effect)> returnable = new();
    private ulong returnableCount;

    /// <summary>Begins a recording.</summary>
    /// <param name="output">Not disposed of here.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public RunRecorder(Stream output, RunStart start)
    {
        this.output = output;
        BytesWritten =
            RecordStream.Begin(output) + RecordStream.Write(output, new V1.Record { Start = StepWriter.Write(start) });
    }

    /// <summary>So far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>One step.</summary>
    /// <param name="effects">Its effects, in order.</param>
    /// <param name="nextWake">As the machine said after it.</param>
    /// <exception cref="IOException">It cannot be written; the recording is then of no use beyond the step before.</exception>
    public void Step(Instant now, Input input, bool isFollowed, IReadOnlyList<Effect> effects, Instant nextWake)
    {
        Write(now, input, isFollowed, digest.Of(now, effects, nextWake));
        foreach (var effect in effects)
        {
            Keep(effect);
        }
    }

    /// <summary>The last step: it broke a rule.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Threw(Instant now, Input input, bool isFollowed, Exception thrown) =>
        Write(now, input, isFollowed, digest.Of(thrown));

    /// <summary>Says why nothing comes after this.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void End(string reason) =>
        BytesWritten += RecordStream.Write(output, new V1.Record { End = new V1.RecordedEnd { Reason = reason } });

    /// <inheritdoc />
    public void Dispose() => digest.Dispose();

    /// <summary>Runners and wires give back only what names when it was decided.</summary>
    internal static bool IsReturnable(Effect effect) =>
        effect
            is Effect.Release
                or Effect.StartHandler
                or Effect.Alarm
                or Effect.Send { Frame.Message: Message.Answering or Message.HandlerStart };

    private void Write(Instant now, Input input, bool isFollowed, ulong sum)
    {
        var step = new V1.RecordedStep
        {
            AtNs = now.Nanoseconds,
            IsFollowed = isFollowed,
            EffectsDigest = sum,
        };
        StepWriter.Put(step, input, NumberOf);
        BytesWritten += RecordStream.Write(output, new V1.Record { Step = step });
    }

    private void Keep(Effect effect)
    {
        if (!IsReturnable(effect))
        {
            return;
        }

        returnable.Enqueue((returnableCount++, effect));
        if (returnable.Count > ReturnableMax)
        {
            returnable.Dequeue();
        }
    }

    private ulong NumberOf(Effect effect) => returnable.First(known => ReferenceEquals(known.Effect, effect)).Number;
}
