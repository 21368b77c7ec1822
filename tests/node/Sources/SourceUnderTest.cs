using System.Collections.Concurrent;
using System.Diagnostics;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Sources.Tests;

/// <summary>A real source at a FIFO of its own, with a loop that only keeps what it is given.</summary>
internal sealed class SourceUnderTest : IAsyncDisposable, ILogger
{
    private static int numbers;

    private readonly Scratch scratch = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly BlockingCollection<Input> inbox = [];
    private Func<Instant> clock = static () => new Instant(Stopwatch.GetTimestamp());

    public SourceUnderTest(
        IReadOnlySet<EventKind>? kinds = null,
        bool asDevice = false,
        string? path = null,
        Func<SentryDeviceOptions, SentryDeviceOptions>? with = null,
        Action<string>? before = null
    )
    {
        RecordsPath = path ?? scratch.Path("records");
        before?.Invoke(RecordsPath);
        var options = new SentryDeviceOptions
        {
            Path = RecordsPath,
            Number = Interlocked.Increment(ref numbers),
            Kinds = kinds ?? Records.AllKinds,
            KickEvery = TimeSpan.FromMilliseconds(20),
            RetryEvery = TimeSpan.FromMilliseconds(20),
            OpenAsDevice = asDevice,
        };
        Source = new SentryDevice(with?.Invoke(options) ?? options, Records.Here, () => clock(), this);
        Source.Start(inbox.Add);
    }

    public SentryDevice Source { get; }

    public string RecordsPath { get; }

    public string AcksPath => RecordsPath + ".ack";

    public SentryTally Tally => Source.Tally;

    public IReadOnlyCollection<string> Lines => lines;

    /// <summary>Threads of this source that are alive.</summary>
    public int ThreadCount =>
        Directory
            .GetDirectories("/proc/self/task")
            .Count(task =>
                NameOf(task) is { } name && name.StartsWith($"sentry-{Source.Number} ", StringComparison.Ordinal)
            );

    public void SetClock(Instant now) => clock = () => now;

    public PipeWriter Writer() => new(RecordsPath);

    public T Next<T>()
        where T : Input
    {
        inbox.TryTake(out var input, Eventually.Patience).ShouldBeTrue($"no {typeof(T).Name} came");
        return input.ShouldBeOfType<T>();
    }

    public void InboxIsEmpty() => inbox.Count.ShouldBe(0);

    /// <summary>Releases as the core would, and waits for the outcome.</summary>
    public ReleaseOutcome Release(Input.Raised raised, ulong result = 0)
    {
        Source.Release(ReleaseOf(raised, result));
        var released = Next<Input.Released>();
        released.Report.ShouldBe(raised.Report.Id);
        return released.Outcome;
    }

    public static Effect.Release ReleaseOf(Input.Raised raised, ulong result = 0) =>
        new(raised.Report.Id, raised.Device, null, Verdict.Recorded, result, default);

    public void WaitForLine(string part) =>
        Eventually.True(() => lines.Any(line => line.Contains(part, StringComparison.Ordinal)), $"no line: {part}");

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        inbox.Dispose();
        scratch.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => lines.Enqueue($"{eventId.Name}: {formatter(state, exception)}");

    private static string? NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // It has ended in between.
            return null;
        }
    }
}
