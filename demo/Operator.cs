using System.Diagnostics;
using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>Asks the cluster as a person would: by <c>rasctl --json</c>, one process for each question.</summary>
internal sealed class Operator(Stage stage) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    // More at a time would only measure how many programs this machine can start.
    private readonly SemaphoreSlim atOnce = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Of the last question, if it went unanswered: what rasctl said instead. Else empty.</summary>
    public string LastRefusal { get; private set; } = "";

    /// <summary>What the node says about the cluster; null: it does not answer.</summary>
    public async Task<ClusterView?> StatusAsync(Machine asked, CancellationToken stop) =>
        await AskAsync(asked, ["status"], stop) is { } json ? ClusterView.Read(json) : null;

    /// <summary>The node's links, which wire carries each, and why no better one does; null: it does not answer.</summary>
    public async Task<IReadOnlyList<WireView>?> WiresAsync(Machine asked, CancellationToken stop) =>
        await AskAsync(asked, ["status", "--links"], stop) is { } json
            ? [.. JsonText.Items(json, "links").Select(WireView.Read)]
            : null;

    /// <summary>The incidents that the node knows, by id; null: it does not answer.</summary>
    public async Task<IReadOnlyList<IncidentView>?> IncidentsAsync(Machine asked, CancellationToken stop) =>
        await AskAsync(asked, ["events", "list"], stop) is { } json
            ? [.. JsonText.Items(json, "incidents").Select(IncidentView.Read).OrderBy(i => i.Id)]
            : null;

    /// <inheritdoc />
    public void Dispose() => atOnce.Dispose();

    private async Task<JsonElement?> AskAsync(Machine asked, string[] question, CancellationToken stop)
    {
        await atOnce.WaitAsync(stop);
        try
        {
            var start = new ProcessStartInfo(
                stage.Options.Rasctl,
                ["--topology", stage.TopologyPath, "--node", asked.Name, "--json", .. question]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            stage.Site.Prepare(start);
            return await RunAsync(start, stop);
        }
        finally
        {
            atOnce.Release();
        }
    }

    private async Task<JsonElement?> RunAsync(ProcessStartInfo start, CancellationToken stop)
    {
        var question = string.Join(' ', start.ArgumentList.Skip(2));
        using var process = Process.Start(start) ?? throw new BedFailedException("cannot start rasctl");
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            await Task.WhenAll(output, error, process.WaitForExitAsync(stop)).WaitAsync(AnswerWithin, stop);
            if (process.ExitCode == 0)
            {
                using var json = JsonDocument.Parse(await output);
                LastRefusal = "";
                return json.RootElement.Clone();
            }

            LastRefusal = $"rasctl {question}: exit code {process.ExitCode}: {(await error).Trim()}";
        }
        catch (TimeoutException)
        {
            LastRefusal = $"rasctl {question}: no end within {AnswerWithin.TotalSeconds:0} s";
        }
        catch (JsonException e)
        {
            LastRefusal = $"rasctl {question}: no JSON: {e.Message}";
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        return null;
    }
}
