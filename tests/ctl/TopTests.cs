using System.Text;
using System.Threading.Channels;

namespace ClusterRas.Ctl.Tests;

public sealed class TopTests : IAsyncDisposable
{
    private readonly ScreenWriter output = new();
    private readonly CancellationTokenSource stop = new(Run.Within);

    public ValueTask DisposeAsync()
    {
        stop.Dispose();
        return output.DisposeAsync();
    }

    [Fact]
    public async Task Top_OnATerminal_DrawsNodesAndOpenIncidents_AndGivesTheTerminalBack()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.Incidents.Add(Samples.Opened());

        var running = RunAsync(rows: 40, "top", "--address", $"{node.Address}");
        var frame = await output.UntilAsync(text => text.Contains("n03", StringComparison.Ordinal), stop.Token);

        frame.ShouldContain("as of 12:00:00 UTC, 0 s ago, from n01");
        frame.ShouldContain("118");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
        output.All.ShouldStartWith("\e[?1049h");
        output.All.ShouldEndWith("\e[?1049l");
    }

    [Fact]
    public async Task Top_OnALowTerminal_SaysHowMuchIsCut()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        var running = RunAsync(rows: 6, "top", "--address", $"{node.Address}");

        var frame = await output.UntilAsync(text => text.Contains("more lines", StringComparison.Ordinal), stop.Token);

        frame.Split('\n').Length.ShouldBe(6);
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Top_OfOneIncident_DrawsItAsItGrows()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.Incidents.Add(Samples.Opened());
        var running = RunAsync(rows: 40, "top", "--incident", "118", "--address", $"{node.Address}");
        var frame = await output.UntilAsync(
            text => text.Contains("incident 118:", StringComparison.Ordinal),
            stop.Token
        );
        frame.ShouldContain("as of 12:00:00 UTC, 0 s ago, from n01");
        frame.ShouldNotContain("handled");

        node.Incidents[0] = Samples.Acked();

        await output.UntilAsync(text => text.Contains("handled", StringComparison.Ordinal), stop.Token);
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Top_OfAnIncidentThatThereIsNot_SaysSo_AndDrawsNothing()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var errors = new StringWriter();
        var around = Run.Around(output, errors) with { HasColour = true, HeightRows = 40 };

        (
            await Rasctl.RunAsync(["top", "--incident", "7", "--address", $"{node.Address}"], around, stop.Token)
        ).ShouldBe(1);

        errors.ToString().ShouldContain("no incident 7");
        output.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Top_AskedNodeDies_IsDrawnFromAnother()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(first.Address, second.Address);
        var running = RunAsync(rows: 40, "top", "--topology", map.Path);
        await output.UntilAsync(text => text.Contains("from n01;", StringComparison.Ordinal), stop.Token);

        await first.DisposeAsync();

        await output.UntilAsync(text => text.Contains("from n02;", StringComparison.Ordinal), stop.Token);
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Top_InAPipe_TellsLines()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var lines = new LineWriter();
        var running = Rasctl.RunAsync(
            ["top", "--address", $"{node.Address}"],
            Run.Around(lines, new StringWriter()),
            stop.Token
        );
        var updates = await node.Watches.Reader.ReadAsync(stop.Token);
        updates.TryWrite(
            new()
            {
                Sequence = 1,
                State = new() { Status = Samples.Status("n01") },
            }
        );

        (await lines.NextAsync()).ShouldContain("asked n01");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Top_OfOneIncident_InAPipe_TellsItsLinesAlone()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var lines = new LineWriter();
        var running = Rasctl.RunAsync(
            ["top", "--incident", "118", "--address", $"{node.Address}"],
            Run.Around(lines, new StringWriter()),
            stop.Token
        );
        var updates = await node.Watches.Reader.ReadAsync(stop.Token);
        updates.TryWrite(
            new()
            {
                Sequence = 1,
                State = new() { Status = Samples.Status("n01") },
            }
        );
        var other = Samples.Opened();
        other.Id = 117;
        updates.TryWrite(new() { Sequence = 2, Incident = other });
        updates.TryWrite(new() { Sequence = 3, Incident = Samples.Opened() });

        (await lines.NextAsync()).ShouldContain("incident 118 opened");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    private Task<int> RunAsync(int rows, params string[] args)
    {
        var plain = Run.Around(output, new StringWriter());
        return Rasctl.RunAsync(
            args,
            plain with
            {
                HasColour = true,
                WidthColumns = 120,
                HeightRows = rows,
            },
            stop.Token
        );
    }

    /// <summary>A terminal, frame by frame.</summary>
    private sealed class ScreenWriter : TextWriter
    {
        private readonly Channel<string> frames = Channel.CreateUnbounded<string>();
        private readonly StringBuilder all = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string All
        {
            get
            {
                lock (all)
                {
                    return all.ToString();
                }
            }
        }

        public override Task WriteAsync(string? value)
        {
            lock (all)
            {
                all.Append(value);
            }

            frames.Writer.TryWrite(value ?? "");
            return Task.CompletedTask;
        }

        public async Task<string> UntilAsync(Func<string, bool> isWanted, CancellationToken stop)
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(stop))
            {
                if (isWanted(frame))
                {
                    return frame;
                }
            }

            throw new InvalidOperationException("the screen was never drawn so");
        }
    }
}
