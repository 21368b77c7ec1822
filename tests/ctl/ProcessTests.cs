using System.Diagnostics;
using System.Globalization;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

/// <summary>What only a process of its own has: signals and a real pipe.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Process_InterruptedWhileWatching_EndsWith130()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var rasctl = Start("events", "watch", "--address", $"{node.Address}");
        using var over = new CancellationTokenSource(Run.Within);
        var updates = await node.Watches.Reader.ReadAsync(over.Token);
        updates.TryWrite(new WatchUpdate { State = new WatchState { Status = Samples.Status("n01") } });
        var line = await rasctl.StandardOutput.ReadLineAsync(over.Token);

        using var kill = Process.Start("kill", ["-INT", rasctl.Id.ToString(CultureInfo.InvariantCulture)]);
        await rasctl.WaitForExitAsync(over.Token);

        line.ShouldEndWith("asked n01: 1 of 3 nodes up, open incidents: 0");
        rasctl.ExitCode.ShouldBe(130);
        (await rasctl.StandardError.ReadToEndAsync(over.Token)).ShouldBe("");
    }

    [Fact]
    public async Task Process_ReaderOfItsPipeIsGone_EndsByItself()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var rasctl = Start("events", "watch", "--json", "--address", $"{node.Address}");
        using var over = new CancellationTokenSource(Run.Within);
        var updates = await node.Watches.Reader.ReadAsync(over.Token);

        rasctl.StandardOutput.Close();
        updates.TryWrite(new WatchUpdate { State = new WatchState { Status = Samples.Status("n01") } });
        await rasctl.WaitForExitAsync(over.Token);

        rasctl.ExitCode.ShouldBe(0);
    }

    private static Process Start(params string[] args)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "rasctl.dll");
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [path, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("no process");
    }
}
