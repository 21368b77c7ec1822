using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Handlers;

/// <summary>A program: started without a shell for each incident, told by its environment, killed at its deadline.</summary>
/// <remarks>Exit status 0 is "done", any other "failed". A last line of output that is a whole number is the result.</remarks>
public sealed class ExecutableHandler(
    HandlerDeclaration declaration,
    ImmutableArray<string> command,
    Func<NodeId, string> nameOf
) : IHandler
{
    private const int OutputCharsMax = 4096;

    /// <inheritdoc />
    public HandlerDeclaration Declaration => declaration;

    /// <inheritdoc />
    public async Task<HandlerResult> RunAsync(HandlerCall call, CancellationToken stop)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = false,
            UseShellExecute = false,
        };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["CLUSTERRAS_INCIDENT"] = call.Incident.ToString();
        start.Environment["CLUSTERRAS_VICTIM"] = nameOf(call.Victim);
        start.Environment["CLUSTERRAS_KIND"] = call.Kind.ToString();
        start.Environment["CLUSTERRAS_DEADLINE_MS"] = ((long)call.Deadline.TotalMilliseconds).ToString(
            CultureInfo.InvariantCulture
        );
        start.Environment["CLUSTERRAS_TERM"] = call.Term.ToString();

        using var process =
            Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started");

        // Within the cancelling itself, and only then is the wait given up: when the daemon ends, nobody waits for what would come later,
        // and a tree that is killed halfway has children that nobody knows any more.
        using var killed = new CancellationTokenSource();
        using var killing = stop.Register(() =>
        {
            Kill(process);
            killed.Cancel();
        });
        process.StandardInput.Close();
        var lastLine = await ReadLastLineAsync(process.StandardOutput, killed.Token).ConfigureAwait(false);
        await process.WaitForExitAsync(killed.Token).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        _ = ulong.TryParse(lastLine, NumberStyles.None, CultureInfo.InvariantCulture, out var result);
        return process.ExitCode == 0
            ? new HandlerResult(declaration.Name, HandlerOutcome.Done, result, "")
            : new HandlerResult(
                declaration.Name,
                HandlerOutcome.Failed,
                result,
                $"exit status {process.ExitCode.ToString(CultureInfo.InvariantCulture)}"
            );
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended by itself, or a child of it has.
        }
    }

    private static async Task<string> ReadLastLineAsync(StreamReader output, CancellationToken stop)
    {
        var last = "";
        while (await output.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
            {
                last = line.Length > OutputCharsMax ? line[..OutputCharsMax] : line;
            }
        }

        return last.Trim();
    }
}
