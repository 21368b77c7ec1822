using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Demo;

/// <summary>A victim's kernel tells the kernels of two other nodes, and waits for their acks.</summary>
internal sealed class LastWords(Stage stage, Machine victim, EventWords words)
{
    // The promise is a commit within 3.5 s of the word, and the ack at once after it.
    private static readonly TimeSpan AckWithin = TimeSpan.FromSeconds(3.5);
    private const int WindowSeconds = 35;
    private int tag;

    /// <summary>When the last of the acks came, on <see cref="Stopwatch"/>'s clock.</summary>
    public long LastAckAt { get; private set; }

    /// <summary>Reads from the cluster which life the victim's kernel was armed for.</summary>
    public async Task ArmAsync(Machine asked) =>
        tag = (await stage.Operator.StatusAsync(asked, stage.Stop))?[victim.Name].Tag ?? 0;

    /// <summary>Tells all witnesses at once; ends when each has its ack or its window is over.</summary>
    /// <returns>How long the first ack took; null: there was none.</returns>
    public async Task<TimeSpan?> TellAsync(IReadOnlyList<Machine> witnesses)
    {
        var armed = new ArmedTimeout(WindowSeconds, tag);
        var told = string.Join(" and ", witnesses.Select(w => w.Name));
        stage.Timeline.Say(victim.Name, words.Says);
        stage.Timeline.More($"its kernel tells the kernels of {told}, and waits {WindowSeconds} s at most");
        var acks = await Task.WhenAll(witnesses.Select(async w => (Witness: w, Ack: await TellAsync(w, armed))));
        LastAckAt = Stopwatch.GetTimestamp();
        var first = acks.Min(a => a.Ack?.After);
        stage.Expectations.State(
            acks.All(a => a.Ack is { } ack && ack.After <= AckWithin),
            $"both witnesses have their ack within {AckWithin.TotalSeconds:0.0} s"
                + (first is { } soonest ? $"; {victim.Name} may go on after {Seconds.Of(soonest)}" : "")
        );
        return first;
    }

    private async Task<KernelAck?> TellAsync(Machine witness, ArmedTimeout armed)
    {
        // Each witness hears of another DIE of the victim, as kernels that send on both.
        var die = victim.Node.Dies[witness.Number % BedMap.DieCount];
        var ack = await witness.Kernel.TellAsync(
            (msgid, start) => words.Make(msgid, start, (ulong)armed.Ms, victim.Node.Cna ?? default, die.Eid),
            stage.Stop
        );
        if (ack is null)
        {
            stage.Timeline.Say(witness.Name, $"no ack; the window of {WindowSeconds} s is over");
            stage.Timeline.More(string.Join("\n                      ", witness.LogTail().TakeLast(10)));
        }
        else
        {
            // The kernel counts whole seconds; the last digits of the armed number only say which life it is.
            var left = TimeSpan.FromSeconds(WindowSeconds) - ack.After;
            stage.Timeline.Say(
                stage.Timeline.At(ack.At),
                witness.Name,
                $"ack for {victim.Name}'s {words.Noun}, {Seconds.Of(ack.After)} after the word; "
                    + $"{Seconds.Of(left)} of {WindowSeconds} s were left"
            );
        }

        return ack;
    }
}
