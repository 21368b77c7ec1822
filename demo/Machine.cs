using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Demo;

/// <summary>One machine of the demo: a boot, a kernel, and a real rasd process.</summary>
internal sealed class Machine : IDisposable
{
    private const int TailLength = 40;
    private readonly Stage stage;
    private readonly string folder;
    private readonly Queue<string> tail = new();
    private readonly Lock gate = new();
    private Process? process;
    private bool isMeantToRun;

    /// <summary>Makes the machine's folder and its kernel; nothing runs yet.</summary>
    public Machine(Stage stage, TopologyNode node)
    {
        this.stage = stage;
        Node = node;
        folder = Path.Combine(stage.Options.Home, node.Name);
        Directory.CreateDirectory(folder);

        // Both layouts in one cluster, as with kernels of before and after the change.
        var layout = Number % 2 == 0 ? DeviceRecordLayout.B : DeviceRecordLayout.A;
        Kernel = new KernelDevice(Path.Combine(folder, "sentry"), layout, stage.Timeline);
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

    /// <summary>A new boot: a boot id of its own, and rasd on the same disk.</summary>
    public void Boot()
    {
        var bootId = Path.Combine(folder, "boot_id");
        File.WriteAllText(bootId, $"{Guid.NewGuid()}\n");
        string[] arguments =
        [
            "--topology",
            stage.TopologyPath,
            "--node",
            Name,
            "--data",
            Path.Combine(folder, "data"),
            "--insecure",
            "--device",
            Kernel.Path,
            "--events",
            "panic,reboot",
            "--boot-id-file",
            bootId,
            .. stage.Bed.RasdOptions(Number),
        ];
        var start = stage.Bed.OnNode(Number, stage.Options.Rasd, arguments);
        stage.Prepare(start);
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
        for (var die = 0; die < DemoMap.DieCount; die++)
        {
            await stage.Bed.SetRailAsync(Number, die, isUp);
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
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            tail.Enqueue(line);
            if (tail.Count > TailLength)
            {
                tail.Dequeue();
            }

            File.AppendAllText(LogPath, line + "\n");
        }
    }
}
