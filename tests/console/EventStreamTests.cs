using System.IO.Pipelines;
using System.Text;
using ClusterRas.Console.Stream;
using ClusterRas.Console.View;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Tests;

public sealed class EventStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Known known = new();
    private TaskCompletionSource changed = new();
    private int reads;

    [Fact]
    public void LatestValues_GiveWhoeverHasSeenANumberEachLaterPartOnce_InItsNewestForm()
    {
        var latest = new LatestValues();
        latest.Put("a", 0, [1]);
        latest.Put("b", 1, [2]);
        var seen = latest.Sequence;
        latest.Put("b", 2, [3]);
        latest.Put("a", 0, [4]);
        latest.Put("a", 0, [5]);
        latest.Put("b", 1, [2]);

        latest
            .After(seen)
            .Select(part => (part.Name, part.Key, part.Json.ToArray()[0]))
            .ShouldBe([("b", 2, 3), ("a", 0, 5)]);
        latest.After(0).Count.ShouldBe(3);
        latest.After(latest.Sequence).ShouldBeEmpty();
        latest.Drop("b", key => key == 1);
        latest.After(0).Count.ShouldBe(2);
    }

    [Fact]
    public void LatestValues_DoNotGrowWithTheNumberOfChanges()
    {
        var latest = new LatestValues();
        for (var at = 0; at < 100_000; at++)
        {
            latest.Put("links", 0, BitConverter.GetBytes(at));
        }

        latest.After(0).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_BeginsWithAWholePicture_GoesOnWithChanges_AndResumesById()
    {
        await using var feed = NewFeed();
        using var gone = new CancellationTokenSource();
        var (reader, writing) = Begin(feed, null, gone.Token);
        var first = await ReadUntilAsync(reader, text => text.Contains("event: age", StringComparison.Ordinal));
        first.ShouldContain("event: reset");
        foreach (var name in new[] { "overview", "links", "elections", "topology", "audit" })
        {
            first.ShouldContain($"event: {name}\n");
        }

        known.Open(2, EventKind.Panic, Known.Word(3, 2, EventKind.Panic));
        Change();
        var second = await ReadUntilAsync(reader, text => text.Contains("event: incident\n", StringComparison.Ordinal));
        second.ShouldNotContain("event: topology\n");
        var id = second.Split('\n').Last(line => line.StartsWith("id: ", StringComparison.Ordinal))[4..];
        await gone.CancelAsync();
        await writing.ShouldThrowAsync<OperationCanceledException>();

        using var goneToo = new CancellationTokenSource();
        var (resumed, _) = Begin(feed, id, goneToo.Token);
        var third = await ReadUntilAsync(resumed, text => text.Contains("event: age", StringComparison.Ordinal));
        third.ShouldNotContain("event: reset");
        third.ShouldNotContain("event: topology\n");
        third.ShouldNotContain("event: incident\n");
        await goneToo.CancelAsync();
    }

    [Fact]
    public async Task Stream_OfAnotherProcess_IsAWholePictureAgain()
    {
        await using var feed = NewFeed();
        using var gone = new CancellationTokenSource();
        var (reader, _) = Begin(feed, "ffffffffffff:3", gone.Token);
        var first = await ReadUntilAsync(reader, text => text.Contains("event: age", StringComparison.Ordinal));
        first.ShouldContain("event: reset");
        await gone.CancelAsync();
    }

    [Fact]
    public async Task SlowReader_HoldsUpNobody_AndIsGivenTheNewestTruth()
    {
        await using var feed = NewFeed();
        using var gone = new CancellationTokenSource();
        // It takes nothing: its pipe is full at once.
        var (slow, _) = Begin(feed, null, gone.Token, pauseAt: 64);
        var (quick, _) = Begin(feed, null, gone.Token);
        await ReadUntilAsync(quick, text => text.Contains("event: age", StringComparison.Ordinal));
        const int count = 300;
        for (var at = 0; at < count; at++)
        {
            known.Log(
                new EntryPayload.Opened(
                    Known.Node(2),
                    Known.LifeOf(2),
                    0,
                    EventKind.LinkChange,
                    Known.Word(2, 2, EventKind.LinkChange, msgid: (ulong)at),
                    0,
                    null,
                    []
                )
            );
        }

        Change();
        await ReadUntilAsync(quick, text => Count(text) == count);
        var late = await ReadUntilAsync(slow, text => Count(text) == count);
        late.ShouldContain("\"incidentsHeld\":300");
        await gone.CancelAsync();
    }

    [Fact]
    public async Task NobodyLooks_NothingIsRead()
    {
        await using var feed = NewFeed();
        var one = await feed.WatchAsync(CancellationToken.None);
        var other = await feed.WatchAsync(CancellationToken.None);
        one.Dispose();
        one.Dispose();
        feed.Running.IsCompleted.ShouldBeFalse();
        other.Dispose();
        await feed.Running.WaitAsync(Patience);

        var before = reads;
        using var again = await feed.WatchAsync(CancellationToken.None);
        reads.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task FeedThatCannotRead_SaysSoToWhoeverAsks()
    {
        await using var feed = new ConsoleFeed(
            new ConsoleSource(() => throw new InvalidOperationException("gone"), () => changed.Task, "1"),
            new Moments(TimeProvider.System),
            TimeProvider.System
        );
        await Should.ThrowAsync<InvalidOperationException>(() => feed.WatchAsync(CancellationToken.None));
    }

    private static int Count(string text) => text.Split("event: incident\n").Length - 1;

    private static async Task<string> ReadUntilAsync(PipeReader reader, Func<string, bool> isEnough)
    {
        using var late = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        while (!isEnough(text.ToString()))
        {
            var read = await reader.ReadAsync(late.Token);
            foreach (var piece in read.Buffer)
            {
                text.Append(Encoding.UTF8.GetString(piece.Span));
            }

            reader.AdvanceTo(read.Buffer.End);
        }

        return text.ToString();
    }

    private static (PipeReader Reader, Task Writing) Begin(
        ConsoleFeed feed,
        string? last,
        CancellationToken gone,
        long pauseAt = 1 << 20
    )
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: pauseAt, resumeWriterThreshold: pauseAt / 2));
        return (pipe.Reader, new EventStream(feed, TimeProvider.System).WriteAsync(pipe.Writer, last, gone));
    }

    private void Change()
    {
        var waiting = changed;
        changed = new TaskCompletionSource();
        waiting.TrySetResult();
    }

    private ConsoleFeed NewFeed() =>
        new(
            new ConsoleSource(
                () =>
                {
                    Interlocked.Increment(ref reads);
                    return Task.FromResult(known.Status());
                },
                () => changed.Task,
                "1"
            ),
            new Moments(TimeProvider.System),
            TimeProvider.System
        );
}
