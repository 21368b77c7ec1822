using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.StepBench;

/// <summary>Time and allocations of each step, by what it took.</summary>
internal sealed class Meter
{
    private readonly SortedDictionary<string, List<(double Ns, long Bytes)>> samples = new(StringComparer.Ordinal);

    /// <summary>Off: steps are made and not counted.</summary>
    public bool IsOn { get; set; }

    public void Step(NodeMachine machine, Instant now, Input input, List<Effect> effects)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var begin = Stopwatch.GetTimestamp();
        machine.Step(now, input, effects);
        var ticks = Stopwatch.GetTimestamp() - begin;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        if (IsOn)
        {
            Note(NameOf(input), ticks, bytes);
        }
    }

    /// <summary>What the meter itself costs, and a dictionary look-up in place of a step.</summary>
    public void Floor(int count)
    {
        var table = Enumerable.Range(0, 64).ToDictionary(key => key, key => (long)key);
        var sum = 0L;
        for (var i = 0; i < count; i++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var begin = Stopwatch.GetTimestamp();
            sum += table[i & 63];
            var ticks = Stopwatch.GetTimestamp() - begin;
            Note("(floor: one dictionary look-up)", ticks, GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        GC.KeepAlive(sum);
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| input | steps | p50 ns | p99 ns | mean ns | bytes allocated, p50 | mean |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var (name, all) in samples)
        {
            var ns = all.Select(one => one.Ns).Order().ToArray();
            var bytes = all.Select(one => one.Bytes).Order().ToArray();
            output.WriteLine(
                FormattableString.Invariant(
                    $"| {name} | {ns.Length} | {ns[ns.Length / 2]:0} | {ns[ns.Length * 99 / 100]:0} | {ns.Average():0} | {bytes[bytes.Length / 2]} | {bytes.Average():0} |"
                )
            );
        }
    }

    private void Note(string name, long ticks, long bytes)
    {
        if (!samples.TryGetValue(name, out var list))
        {
            samples.Add(name, list = new List<(double, long)>(1 << 20));
        }

        list.Add((ticks * 1e9 / Stopwatch.Frequency, bytes));
    }

    private static string NameOf(Input input) =>
        input switch
        {
            Input.Arrived { Frame.Message: Message.AppendEntries { Entries.Count: 0 } } =>
                "AppendEntries, empty (a beat)",
            Input.Arrived { Frame.Message: var message } => message.GetType().Name,
            _ => input.GetType().Name,
        };
}
