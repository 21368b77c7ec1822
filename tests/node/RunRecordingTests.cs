using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Tests;

/// <summary>The recording beside the loop: it has an end of its own, and never one that costs the daemon anything.</summary>
public sealed class RunRecordingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("recording-").FullName;
    private readonly Lines log = new();

    [Fact]
    public async Task Recording_ThatIsStopped_HoldsEveryStep()
    {
        await RecordAsync(steps: 500, RunRecording.FileBytesMax);

        Replay().ShouldBe(new ReplayOutcome.Agrees(500, "stopped"));
        log.Said.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recording_OfFullSize_EndsWithAWordInTheLogAndCanBeReplayed()
    {
        await RecordAsync(steps: 5000, fileBytesMax: 10_000);

        var agrees = Replay().ShouldBeOfType<ReplayOutcome.Agrees>();
        agrees.End.ShouldBe("the file has its full size");
        agrees.StepCount.ShouldBeInRange(50, 1000);
        new FileInfo(Path.Combine(folder, "file")).Length.ShouldBeLessThan(11_000);
        log.Said.ShouldHaveSingleItem().ShouldContain("the file has its full size");
    }

    [Fact]
    public void Recording_IntoAFolderThatIsNotThere_IsRefused() =>
        Should.Throw<IOException>(() => new RunRecording(Path.Combine(folder, "no", "file"), Start(), log));

    [Fact]
    public async Task Recording_OnADiskThatTakesNoMore_EndsAndCostsTheDaemonNothing()
    {
        var start = Start();
        var machine = start.NewMachine();
        await using (
            var recording = new RunRecording(new FullDisk(20_000), "full", start, log, RunRecording.FileBytesMax)
        )
        {
            for (var step = 0; step < 1000; step++)
            {
                var effects = new List<Effect>();
                var now = machine.NextWake;
                machine.Step(now, new Input.Woke(), effects);
                recording.Note(now, new Input.Woke(), false, effects, machine.NextWake, thrown: null);
            }
        }

        log.Said.ShouldHaveSingleItem().ShouldContain("No space left on device");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task RecordAsync(int steps, long fileBytesMax)
    {
        var start = Start();
        var machine = start.NewMachine();
        await using var recording = new RunRecording(Path.Combine(folder, "file"), start, log, fileBytesMax);
        var effects = new List<Effect>();
        for (var step = 0; step < steps; step++)
        {
            var now = machine.NextWake;
            effects.Clear();
            machine.Step(now, new Input.Woke(), effects);
            recording.Note(now, new Input.Woke(), false, effects, machine.NextWake, thrown: null);
        }
    }

    private ReplayOutcome Replay()
    {
        using var file = File.OpenRead(Path.Combine(folder, "file"));
        return RunReplay.Run(file);
    }

    private static RunStart Start()
    {
        var nodes = Enumerable.Range(0, 3).Select(id => new TopologyNode(new NodeId(id), $"n{id}", null, [DieOf(id)]));
        return new RunStart(
            new NodeIdentity(new NodeId(0), new Life(new BootId(1), 1), Seed: 7),
            Topology.Create("three", [.. nodes], [new NodeId(0), new NodeId(1), new NodeId(2)]),
            new ProtocolOptions(),
            StoredState.Empty(new DiskId(1)),
            new Instant(1_000_000_000),
            "1.0",
            RunStart.ThisCore
        );
    }

    private static TopologyDie DieOf(int node)
    {
        var eid = new Eid(0xfd00_0000_0000_0000, (ulong)node + 1);
        TopologyDie.TryGetGrpcDefault(eid, out var address).ShouldBeTrue();
        return new TopologyDie(new Die(0), eid, address);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Said.Add(formatter(state, exception));
    }

    /// <summary>As a file on a full disk: what it buffers is refused once more when it is closed.</summary>
    private sealed class FullDisk(int bytes) : MemoryStream
    {
        private static IOException Full => new("No space left on device");

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > bytes)
            {
                throw Full;
            }

            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw Full;
        }
    }
}
