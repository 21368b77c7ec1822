using System.Globalization;

namespace ClusterRas.PeersBench;

/// <summary>What a node costs while nothing happens.</summary>
/// <param name="CpuShare">Of one core.</param>
/// <param name="PssBytes">Memory, with what is shared by processes divided among them.</param>
/// <param name="SentBytesPerSecond">On both rails.</param>
internal sealed record IdleCost(double CpuShare, long PssBytes, double SentBytesPerSecond)
{
    /// <summary>Looks for so long, on average over all its nodes.</summary>
    public static async Task<IdleCost> MeasureAsync(Contender contender, TimeSpan time, CancellationToken stop)
    {
        var ids = contender.ProcessIds;
        var (cpu, sent) = (ids.Sum(CpuTime.Of), Sent(contender.NodeCount));
        await Task.Delay(time, stop);
        var perNode = contender.NodeCount * time.TotalSeconds;
        return new IdleCost(
            (ids.Sum(CpuTime.Of) - cpu) / 1000.0 / perNode,
            ids.Sum(Pss) / contender.NodeCount,
            (Sent(contender.NodeCount) - sent) / perNode
        );
    }

    private static long Pss(int pid) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/smaps_rollup"))
            .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line =>
                1024
                * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            );

    // What a node sends, its port at the switch receives: the first number behind the name.
    private static long Sent(int nodeCount)
    {
        var ports = Enumerable
            .Range(1, nodeCount)
            .SelectMany(n => Enumerable.Range(0, BedMap.DieCount).Select(die => NamespaceBed.PortOf(n, die)))
            .ToHashSet();
        return File.ReadLines("/proc/net/dev")
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && ports.Contains(parts[0].Trim()))
            .Sum(parts =>
                long.Parse(parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)
            );
    }
}
