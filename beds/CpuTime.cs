using System.Globalization;

namespace ClusterRas.Beds;

/// <summary>Processor time of processes: unlike durations, hardly touched by whoever else runs here.</summary>
public static class CpuTime
{
    /// <summary>USER_HZ, which Linux keeps at 100 for all programs.</summary>
    private const int MsPerTick = 10;

    /// <summary>User and system time of a process so far, in ms.</summary>
    public static long Of(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));

        // After the name, which may hold anything; fields 14 and 15 of proc(5).
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return MsPerTick
            * (
                long.Parse(fields[11], CultureInfo.InvariantCulture)
                + long.Parse(fields[12], CultureInfo.InvariantCulture)
            );
    }
}
