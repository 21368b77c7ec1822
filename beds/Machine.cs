using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Beds;

/// <summary>One machine of a bed: a boot, a kernel, and a real rasd process.</summary>
public sealed class Machine : IDisposable
{
    private const int TailLength = 40;
    private readonly Site site;
    private readonly string folder;
    private readonly Queue<string> tail = new();
    private readonly Lock gate = new();
    private readonly StreamWriter log;
    private Process? process;
    private bool isMeantToRun;
    private bool isClosed;

    /// <summary>Makes the machine's folder and its kernel; nothing runs yet.</summary>
    public Machine(Site site, TopologyNode node)
    {
        this.site = site;
        Node = node;
        folder = Path.Combine(site.Home, node.Name);
        Directory.CreateDirectory(folder);
        log = new StreamWriter(LogPath, append: true) { AutoFlush = true };

        // Both layouts in one cluster, as with kernels of before and after the change.
        var layout = Number % 2 == 0 ? DeviceRecordLayout.B : DeviceRecordLayout.A;
        Kernel = new KernelDevice(Path.Combine(folder, "sentry"), layout);
    }

    /// <summary>Its entry in the map.</summary>
    public TopologyNode Node { get; }

    /// <summary>n07.</summary>
    public string Name => Node.Name;

    /// <summary>7 of n07.</summary>
    public int Number => Node.Id.Value + 1;

    /// <summary>What its rasd reads records from.</summary>
    public KernelDevice Kernel { get; }

    /// <summary>True while rasd should be there.</summary>
    public bool IsMeantToRun => Volatile.Read(ref isMeantToRun);

    /// <summary>Rasd is gone and nobody meant it to go.</summary>
    public bool HasFailed => IsMeantToRun && process is { HasExited: true };

    /// <summary>Rasd's whole log, all boots.</summary>
    public string LogPath => Path.Combine(folder, "rasd.log");

    /// <summary>The ledger's folder, the same for all boots.</summary>
    public string DataPath => Path.Combine(folder, "data");

    /// <summary>The present boot, or the last one.</summary>
    public Guid BootId { get; private set; }

    /// <summary>Gets each line of rasd's log as it comes, on a thread of its own.</summary>
    public Action<string>? OnLine { get; set; }

    /// <summary>Of the present rasd; null: none was started.</summary>
    public int? ProcessId => process is { HasExited: false } running ? running.Id : null;

    /// <summary>What else rasd is told from the next boot on.</summary>
    public IReadOnlyList<string> MoreOptions { get; set; } = [];

    /// <summary>A new boot: a boot id of its own, and rasd on the same disk.</summary>
    public void Boot()
    {
        var bootId = Path.Combine(folder, "boot_id");
        BootId = Guid.NewGuid();
        File.WriteAllText(bootId, $"{BootId}\n");
        string[] arguments =
        [
            "--topology",
            site.TopologyPath,
            "--node",
            Name,
            "--data",
            DataPath,
            "--insecure",
            "--device",
            Kernel.Path,
            "--events",
            "panic,reboot",
            "--boot-id-file",
            bootId,
            .. site.Bed.RasdOptions(Number),
            .. MoreOptions,
        ];
        var start = site.Bed.OnNode(Number, site.Rasd, arguments);
        site.Prepare(start);
        process?.Dispose();
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Volatile.Write(ref isMeantToRun, true);
    }

    /// <summary>The kernel stops everything at once: no rail, and not one word from rasd.</summary>
    public async Task DieAsync()
    {
        Volatile.Write(ref isMeantToRun, false);
        await SetRailsAsync(isUp: false);
        process?.Kill();
    }

    /// <summary>Rasd gets SIGKILL; the machine lives on.</summary>
    public void Kill()
    {
        Volatile.Write(ref isMeantToRun, false);
        process?.Kill();
    }

    /// <summary>Rasd stands still, or goes on.</summary>
    public void SetPaused(bool isPaused)
    {
        if (process is { HasExited: false } running)
        {
            Posix.SetPaused(running.Id, isPaused);
        }
    }

    /// <summary>SIGTERM; ends when rasd is gone.</summary>
    /// <returns>How long it took; null: longer than the limit.</returns>
    public async Task<TimeSpan?> StopAsync(TimeSpan limit)
    {
        if (process is not { HasExited: false } running)
        {
            return TimeSpan.Zero;
        }

        Volatile.Write(ref isMeantToRun, false);
        var start = Stopwatch.GetTimestamp();
        Posix.Terminate(running.Id);
        try
        {
            await running.WaitForExitAsync(CancellationToken.None).WaitAsync(limit);
            return Stopwatch.GetElapsedTime(start);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Cuts or mends both rails at the switch.</summary>
    public async Task SetRailsAsync(bool isUp)
    {
        for (var die = 0; die < BedMap.DieCount; die++)
        {
            await site.Bed.SetRailAsync(Number, die, isUp);
        }
    }

    /// <summary>The last lines of rasd's log.</summary>
    public IReadOnlyList<string> LogTail()
    {
        lock (gate)
        {
            return [.. tail];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Volatile.Write(ref isMeantToRun, false);
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }

        process?.Dispose();
        Kernel.Dispose();
        lock (gate)
        {
            log.Dispose();
            isClosed = true;
        }
    }

    private void Log(string? line)
    {
        if (line is not null)
        {
            OnLine?.Invoke(line);
        }

        lock (gate)
        {
            if (line is null || isClosed)
            {
                return;
            }

            tail.Enqueue(line);
            if (tail.Count > TailLength)
            {
                tail.Dequeue();
            }

            log.WriteLine(line);
        }
    }
}
