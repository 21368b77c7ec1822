namespace ClusterRas.Daemon.Tests;

/// <summary>Programs that are started for an incident.</summary>
public sealed class ExecutableHandlerTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly RealCluster cluster = new(nodeCount: 2);

    private RealNode Node => cluster[1];

    private string Note => Path.Combine(cluster.Folder, "note");

    [Fact]
    public async Task Program_ThatSucceeds_HandlesWithItsLastLine()
    {
        await StartAsync(
            """printf '%s\n' "$CLUSTERRAS_KIND of $CLUSTERRAS_VICTIM" >"$1"; echo seen; echo 42""",
            20_000
        );
        var reply = await Node.Programs.ReportAsync(Panic());

        reply.Verdict.ShouldBe(Verdict.Handled);
        (await File.ReadAllTextAsync(Note)).ShouldBe("Panic of n2\n");
        var incident = (await cluster.SameOnAllAsync("it", list => list is [{ AckedCount: 1 }])).Single();
        incident.HandlerResults.Single().Result.ShouldBe(42u);
    }

    [Fact]
    public async Task Program_ThatFails_IsFailedWithItsStatus()
    {
        await StartAsync("exit 3", 20_000);
        (await Node.Programs.ReportAsync(Panic())).Verdict.ShouldBe(Verdict.Failed);
        var incident = (await cluster.SameOnAllAsync("it", list => list is [{ AckedCount: 1 }])).Single();
        incident.HandlerResults.Single().Message.ShouldBe("exit status 3");
    }

    [Fact]
    public async Task Program_ThatHangs_IsKilledAtItsDeadlineWithItsChildren()
    {
        await StartAsync("""sleep 1000 & echo $$ $! >"$1"; wait""", 1500);
        (await Node.Programs.ReportAsync(Panic())).Verdict.ShouldBe(Verdict.Failed);
        var incident = (await cluster.SameOnAllAsync("it", list => list is [{ AckedCount: 1 }])).Single();
        incident.HandlerResults.Single().Outcome.ShouldBe(HandlerOutcome.TimedOut);
        await GoneAsync();
    }

    [Fact]
    public async Task Program_RunningWhenTheDaemonStops_IsEndedToo()
    {
        await StartAsync("""echo $$ >"$1"; sleep 1000""", 60_000);
        using var report = Node.Programs.ReportAsync(Panic());
        await cluster.UntilAsync("the program runs", () => Task.FromResult(Processes().Length == 1));
        (await Node.StopAsync()).ShouldBe(0);
        await GoneAsync();
    }

    public void Dispose() => cluster.Dispose();

    private async Task StartAsync(string script, int deadlineMs)
    {
        var program = Path.Combine(cluster.Folder, "handler");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, Executable);
        Node.Options.AddRange(["--handler", $"fence:panic:{deadlineMs}:required={program} {Note}"]);
        await cluster.StartAloneAsync(Node);
        await cluster.UntilAsync(
            "the handler is there",
            async () => (await Node.StatusAsync())!.Handlers is [{ ConnectedAtNodes.Count: 1 }]
        );
    }

    private string[] Processes() =>
        File.Exists(Note) ? File.ReadAllText(Note).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];

    private Task GoneAsync() =>
        cluster.UntilAsync(
            "the program and its children are gone",
            () => Task.FromResult(!Processes().Any(id => Directory.Exists($"/proc/{id}")))
        );

    private static ReportRequest Panic() =>
        new()
        {
            Kind = EventKind.Panic,
            NodeName = "n2",
            WindowMs = 60_000,
        };
}
