using System.Text.Json;
using System.Threading.Channels;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

public sealed class WatchTests : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new(Run.Within);
    private readonly LineWriter output = new();
    private readonly LineWriter error = new();

    public ValueTask DisposeAsync()
    {
        stop.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Watch_OfAPanic_TellsEachChangeOnALineOfItsOwn()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        var running = RunAsync("events", "watch", "--address", $"{node.Address}");
        var updates = await node.Watches.Reader.ReadAsync(stop.Token);

        Say(updates, 1, StateOf("n01"));
        Say(updates, 2, new WatchUpdate { Incident = Samples.Opened() });
        Say(updates, 3, new WatchUpdate { Incident = Samples.Acked() });
        Say(updates, 4, new WatchUpdate { Member = Samples.Member(2, Health.Up, 10, 1, 1) });
        Say(updates, 5, new WatchUpdate { Incident = Samples.Closed() });
        Say(updates, 6, new WatchUpdate { Master = new MasterView { Term = 4 } });
        Say(
            updates,
            7,
            new WatchUpdate
            {
                Master = new MasterView { Node = 0, Term = 4 },
            }
        );

        (string.Join('\n', await output.NextAsync(15)) + "\n").ShouldBeGolden("watch.txt");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Watch_AsJson_IsOneObjectPerUpdate()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        var running = RunAsync("events", "watch", "--json", "--address", $"{node.Address}");
        var updates = await node.Watches.Reader.ReadAsync(stop.Token);

        Say(updates, 1, StateOf("n01", Samples.Drill(100)));
        Say(
            updates,
            2,
            new WatchUpdate
            {
                Master = new MasterView { Node = 0, Term = 4 },
            }
        );
        Say(updates, 3, new WatchUpdate { Member = Samples.Member(2, Health.Up, 10, 1, null) });
        Say(updates, 4, new WatchUpdate { Incident = Samples.Opened() });
        Say(
            updates,
            5,
            new WatchUpdate
            {
                Link = new LinkView { Peer = 1, Condition = LinkCondition.Suspect },
            }
        );
        Say(
            updates,
            6,
            new WatchUpdate
            {
                Status = new Status { Node = 0, CommitIndex = 9 },
            }
        );
        Say(updates, 7, new WatchUpdate { Handler = Samples.Status("n01").Handlers[0] });

        var lines = await output.NextAsync(7);
        using var state = JsonDocument.Parse(lines[0]);
        state.RootElement.GetProperty("asked").GetString().ShouldBe("n01");
        state.RootElement.GetProperty("state").GetProperty("status").GetProperty("master").GetString().ShouldBe("n02");
        state.RootElement.GetProperty("state").GetProperty("incidents")[0].GetProperty("id").GetInt64().ShouldBe(100);
        lines[1]
            .ShouldBe("""{"asked":"n01","at_unix_ms":1795176000000,"sequence":2,"master":{"master":"n01","term":4}}""");
        lines[2].ShouldContain("\"member\":{\"name\":\"n03\",\"health\":\"up\"");
        lines[2]
            .ShouldEndWith(
                "{\"die\":1,\"heard_ago_ms\":null,\"refused\":false}],\"voter\":true,\"draining\":false,\"open_incident\":null,\"map_version\":null,\"version\":null}}"
            );
        lines[3].ShouldContain("\"incident\":{\"id\":118,\"victim\":\"n03\"");
        lines[4]
            .ShouldEndWith(
                """
                "link":{"peer":"n02","die":0,"transport":null,"condition":"suspect","rtt_us":null,"jitter_us":null,"loss_permille":0,"reason":null}}
                """
            );
        lines[5].ShouldContain("\"status\":{\"node\":\"n01\"");
        lines[6].ShouldContain("\"handler\":{\"name\":\"fence\",\"kinds\":[\"panic\",\"reboot\"]");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Watch_AskedNodeDies_GoesOnAtAnotherAndRepeatsNothing()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(first.Address, second.Address);
        var running = RunAsync("events", "watch", "--topology", map.Path);
        var updates = await first.Watches.Reader.ReadAsync(stop.Token);
        Say(updates, 1, StateOf("n01", Samples.Opened()));
        var before = await output.NextAsync(6);

        await first.DisposeAsync();

        updates = await second.Watches.Reader.ReadAsync(stop.Token);
        Say(updates, 1, StateOf("n02", Samples.Acked(), Samples.Drill(90)));
        var after = await output.NextAsync(3);
        before[^1].ShouldContain("incident 118: n01 read \"panic\" from its device");
        after[0].ShouldContain("incident 90 opened");
        after[2].ShouldContain("incident 118: n02 was told \"panic\"");
        (await error.NextAsync()).ShouldStartWith($"rasctl: n01 at {first.Address} ended the watch: ");
        (await error.NextAsync()).ShouldBe($"rasctl: asked n02 at {second.Address}");
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Watch_AskedNodeStopsInGoodOrder_GoesOnAtAnother()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(first.Address, second.Address);
        var running = RunAsync("events", "watch", "--topology", map.Path);
        var updates = await first.Watches.Reader.ReadAsync(stop.Token);

        updates.Complete();

        await second.Watches.Reader.ReadAsync(stop.Token);
        (await error.NextAsync()).ShouldBe(
            $"rasctl: n01 at {first.Address} ended the watch: it is stopping; asking another node"
        );
        await stop.CancelAsync();
        (await running).ShouldBe(130);
    }

    [Fact]
    public async Task Watch_OneNamedNodeDies_EndsWithOne()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(first.Address, second.Address);
        var running = RunAsync("events", "watch", "--topology", map.Path, "--node", "n01");
        await first.Watches.Reader.ReadAsync(stop.Token);

        await first.DisposeAsync();

        (await running).ShouldBe(1);
        (await error.NextAsync()).ShouldEndWith("without --node and --address another node is asked");
    }

    [Fact]
    public async Task Watch_NobodyLeft_EndsWithOne()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var map = Map.Of(node.Address, Map.Nobody(2));
        var running = RunAsync("events", "watch", "--topology", map.Path);
        await node.Watches.Reader.ReadAsync(stop.Token);

        await node.DisposeAsync();

        (await running).ShouldBe(1);
        await error.NextAsync();
        (await error.NextAsync()).ShouldStartWith("rasctl: nobody answers:");
    }

    [Fact]
    public async Task Watch_ReaderOfTheOutputIsGone_EndsQuietly()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        var around = Run.Around(new BrokenPipe(), error);
        var running = Rasctl.RunAsync(["events", "watch", "--address", $"{node.Address}"], around, stop.Token);
        var updates = await node.Watches.Reader.ReadAsync(stop.Token);

        Say(updates, 1, StateOf("n01"));

        (await running).ShouldBe(0);
    }

    private Task<int> RunAsync(params string[] args) => Rasctl.RunAsync(args, Run.Around(output, error), stop.Token);

    private static void Say(ChannelWriter<WatchUpdate> updates, ulong sequence, WatchUpdate update)
    {
        update.Sequence = sequence;
        updates.TryWrite(update).ShouldBeTrue();
    }

    private static WatchUpdate StateOf(string node, params Incident[] incidents) =>
        new()
        {
            State = new WatchState { Status = Samples.Status(node), Incidents = { incidents } },
        };

    private sealed class BrokenPipe : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("Broken pipe", 32);
    }
}
