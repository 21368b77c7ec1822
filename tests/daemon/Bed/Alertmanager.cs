using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ClusterRas.Daemon.Tests;

/// <summary>A real Alertmanager on loopback, with data of its own, that tells what it knows to a webhook.</summary>
internal sealed class Alertmanager : IDisposable
{
    private const string ProgramName = "prometheus-alertmanager";

    private static readonly Lazy<(string[] Command, string? WhyNot)> Found = new(Find);

    private readonly HttpClient client;
    private readonly Process process;
    private readonly Task<string> said;

    /// <param name="folder">For its configuration and data.</param>
    /// <param name="pager">Whom it tells.</param>
    public Alertmanager(string folder, string pager)
    {
        string address;
        using (var trial = new TcpListener(IPAddress.Loopback, 0))
        {
            trial.Start();
            address = trial.LocalEndpoint.ToString()!;
        }

        client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        var data = Directory.CreateDirectory(Path.Combine(folder, "alertmanager")).FullName;
        var configuration = Path.Combine(data, "alertmanager.yml");
        File.WriteAllText(
            configuration,
            $$"""
            route: { receiver: pager, group_by: [incident], group_wait: 0s, group_interval: 1s }
            receivers:
            - name: pager
              webhook_configs: [{ url: '{{pager}}', send_resolved: true }]
            """
        );
        string[] command =
        [
            .. Found.Value.Command,
            $"--config.file={configuration}",
            $"--storage.path={data}",
            $"--web.listen-address={address}",
            "--cluster.listen-address=",
        ];
        process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        Reaper.Born(process);
        said = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Null: it can be had here.</summary>
    public static string? WhyNot => Found.Value.WhyNot;

    /// <summary>To be given to a channel.</summary>
    public string Webhook => $"{client.BaseAddress}api/v2/alerts";

    /// <summary>It answers; what it says of itself, where it has ended.</summary>
    public async Task<bool> IsReadyAsync()
    {
        process.HasExited.ShouldBeFalse(process.HasExited ? await said : "");
        try
        {
            using var answer = await client.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>What is not resolved.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync()
    {
        using var answer = JsonDocument.Parse(await client.GetStringAsync("/api/v2/alerts"));
        return [.. answer.RootElement.EnumerateArray().Select(alert => alert.Clone())];
    }

    /// <summary>Of its own metrics, the lines of one name.</summary>
    public async Task<IReadOnlyList<string>> MetricAsync(string name) =>
        [
            .. (await client.GetStringAsync("/metrics"))
                .Split('\n')
                .Where(line => line.StartsWith(name, StringComparison.Ordinal)),
        ];

    /// <summary>As a channel does it.</summary>
    public async Task<HttpStatusCode> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await client.PostAsync("/api/v2/alerts", content);
        return answer.StatusCode;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        Reaper.Gone(process);
        process.Dispose();
        client.Dispose();
    }

    private static (string[] Command, string? WhyNot) Find()
    {
        // Where build/install-test-tools puts it.
        var unpacked = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "alertmanager", "usr")
        );
        var program = Path.Combine(unpacked, "bin", ProgramName);
        if (!File.Exists(program))
        {
            return Runs([ProgramName])
                ? ([ProgramName], null)
                : ([], $"{ProgramName} is not there; build/install-test-tools unpacks it as root");
        }

        // It looks for its templates in /usr/share and nowhere else, so it gets one of its own.
        string[] command =
        [
            "unshare",
            "-Urm",
            "sh",
            "-c",
            "mount --bind \"$0\" /usr/share && exec \"$@\"",
            Path.Combine(unpacked, "share"),
            program,
        ];
        return Runs(command)
            ? (command, null)
            : ([], $"{ProgramName} needs a mount of its own, which cannot be had here");
    }

    private static bool Runs(string[] command)
    {
        try
        {
            using var trial = Process.Start(
                new ProcessStartInfo(command[0], [.. command[1..], "--version"])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            trial.StandardOutput.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
