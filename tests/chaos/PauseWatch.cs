using System.Diagnostics;

namespace ClusterRas.Chaos;

/// <summary>Notices when this machine lets nobody run: a sleep of 10 ms that lasts much longer.</summary>
/// <remarks>Promises about time hold while no process is paused for more than 100 ms (L1). Where all processors are taken by others, what is late says
/// nothing about the cluster, and is told but not failed. Promises about what is in the ledgers are never excused.</remarks>
internal sealed class PauseWatch
{
    /// <summary>The longest pause that L1 bears.</summary>
    public static readonly TimeSpan Borne = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(10);
    private long longestTicks;

    /// <summary>Starts to watch, on a thread of its own.</summary>
    public void Open() => new Thread(Watch) { IsBackground = true, Name = "pauses" }.Start();

    /// <summary>The longest pause since the last call.</summary>
    public TimeSpan Take() => TimeSpan.FromTicks(Interlocked.Exchange(ref longestTicks, 0));

    private void Watch()
    {
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            Thread.Sleep(Nap);
            var late = (Stopwatch.GetElapsedTime(start) - Nap).Ticks;
            if (late > Interlocked.Read(ref longestTicks))
            {
                Interlocked.Exchange(ref longestTicks, late);
            }
        }
    }
}
