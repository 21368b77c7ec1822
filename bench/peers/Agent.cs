using System.Diagnostics;

namespace ClusterRas.PeersBench;

/// <summary>One process of a peer, on one node of the bed.</summary>
internal sealed class Agent(
    NamespaceBed bed,
    int number,
    string file,
    IReadOnlyList<string> arguments,
    Action<string> onLine
) : IDisposable
{
    private const int TailLength = 10;
    private readonly Queue<string> tail = new();
    private Process? process;

    public int Number => number;

    /// <summary>Null: it does not run.</summary>
    public int? ProcessId => process is { HasExited: false } running ? running.Id : null;

    /// <summary>Its last lines.</summary>
    public string Tail
    {
        get
        {
            lock (tail)
            {
                return string.Join('\n', tail);
            }
        }
    }

    /// <summary>Starts it, also again.</summary>
    public void Start()
    {
        process?.Dispose();
        process = new Process { StartInfo = bed.OnNode(number, file, arguments) };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Ends it in this way.</summary>
    public async Task EndAsync(Kill kill)
    {
        switch (kill)
        {
            case Kill.SigKill:
                process?.Kill();
                break;
            case Kill.SigStop when ProcessId is { } pid:
                Posix.SetPaused(pid, isPaused: true);
                break;
            case Kill.LinksDown:
                await SetRailsAsync(isUp: false);
                break;
        }
    }

    /// <summary>Whatever its end was: it starts anew, on its old data.</summary>
    public async Task ReturnAsync()
    {
        await SetRailsAsync(isUp: true);
        process?.Kill();
        await (process?.WaitForExitAsync() ?? Task.CompletedTask);
        Start();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        process?.Kill();
        process?.WaitForExit();
        process?.Dispose();
    }

    private async Task SetRailsAsync(bool isUp)
    {
        for (var die = 0; die < BedMap.DieCount; die++)
        {
            await bed.SetRailAsync(number, die, isUp);
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (tail)
        {
            tail.Enqueue(line);
            if (tail.Count > TailLength)
            {
                tail.Dequeue();
            }
        }

        onLine(line);
    }
}
