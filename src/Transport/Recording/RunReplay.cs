using System.Globalization;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>What came of replaying a recording.</summary>
public abstract record ReplayOutcome
{
    private ReplayOutcome() { }

    /// <summary>The same machine made of the same inputs the same effects.</summary>
    /// <param name="StepCount">Steps that were compared.</param>
    /// <param name="End">Why the recording ends; null: it does not say, the program was killed.</param>
    public sealed record Agrees(long StepCount, string? End) : ReplayOutcome;

    /// <summary>The first step that decided otherwise.</summary>
    /// <param name="Step">Its number, from 1.</param>
    /// <param name="Recorded">Digest of what was decided then.</param>
    /// <param name="Replayed">Digest of what is decided now.</param>
    /// <param name="Decided">What is decided now, one line each; of a step that breaks a rule, which.</param>
    /// <param name="SameCore">The core is the very build that was recorded.</param>
    /// <param name="Version">Of the program that recorded.</param>
    public sealed record Differs(
        long Step,
        Instant At,
        Input Input,
        ulong Recorded,
        ulong Replayed,
        EquatableArray<string> Decided,
        bool SameCore,
        string Version
    ) : ReplayOutcome;

    /// <summary>The file is no recording, or not what was written.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record Unusable(string Reason) : ReplayOutcome;
}

/// <summary>Feeds a recorded run to the same machine and compares what it decides.</summary>
public static class RunReplay
{
    /// <summary>Reads to the end, to the first difference, or to the first record that is damaged. An end that is missing is none: what is
    /// there is compared.</summary>
    public static ReplayOutcome Run(Stream input)
    {
        long step = 0;
        try
        {
            RecordStream.Open(input);
            if (RecordStream.Read(input)?.Start is not { } start)
            {
                return new ReplayOutcome.Unusable("it has no start");
            }

            var run = StepReader.Read(start);
            var machine = run.NewMachine();
            using var digest = new EffectDigest();
            var returnable = new List<Effect>();
            while (RecordStream.Read(input) is { } record)
            {
                if (record.End is { } end)
                {
                    return new ReplayOutcome.Agrees(step, end.Reason);
                }

                step++;
                var recorded = record.Step ?? throw new InvalidDataException("it is no step");
                var fed = StepReader.Read(recorded, number => Find(returnable, number));
                var (sum, decided, thrown) = Step(machine, recorded, fed, digest);
                if (sum != recorded.EffectsDigest)
                {
                    return new ReplayOutcome.Differs(
                        step,
                        new Instant(recorded.AtNs),
                        fed,
                        recorded.EffectsDigest,
                        sum,
                        thrown is null
                            ? [.. decided.Select(effect => effect.ToString())]
                            : [$"breaks a rule: {thrown.GetType().Name}: {thrown.Message}"],
                        run.CoreBuild == RunStart.ThisCore,
                        run.Version
                    );
                }

                returnable.AddRange(decided.Where(RunRecorder.IsReturnable));
            }

            return new ReplayOutcome.Agrees(step, null);
        }
        catch (Exception trouble) when (trouble is InvalidDataException or OverflowException or IOException)
        {
            return new ReplayOutcome.Unusable(
                string.Create(CultureInfo.InvariantCulture, $"after step {step}: {trouble.Message}")
            );
        }
    }

    private static (ulong Digest, List<Effect> Effects, Exception? Thrown) Step(
        NodeMachine machine,
        V1.RecordedStep recorded,
        Input input,
        EffectDigest digest
    )
    {
        var now = new Instant(recorded.AtNs);
        var effects = new List<Effect>();
        try
        {
            machine.Step(now, input, effects, recorded.IsFollowed);
        }
#pragma warning disable CA1031 // A step that broke a rule is the last of a recording, and is to break the same rule again.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return (digest.Of(thrown), [], thrown);
        }

        return (digest.Of(now, effects, machine.NextWake), effects, null);
    }

    private static Effect? Find(List<Effect> returnable, ulong number) =>
        number < (ulong)returnable.Count ? returnable[(int)number] : null;
}
