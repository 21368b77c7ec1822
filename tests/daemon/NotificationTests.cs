using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>People are told of incidents: by webhooks at least once, by programs at most once, whoever dies in between.</summary>
public sealed class NotificationTests : IDisposable
{
    private const int Rounds = 3;
    private const int RoundsSlow = 100;
    private const int FirstTag = 100;

    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);
    private readonly Receiver receiver = new();

    public void Dispose()
    {
        cluster.Dispose();
        receiver.Dispose();
    }

    [Fact]
    public async Task Panic_AndItsEnd_AreToldOnceInEachForm()
    {
        var token = Path.Combine(cluster.Folder, "token");
        await File.WriteAllTextAsync(token, "s3cret\n");
        Channels(Hook("plain", "plain", ("token_file", token)), Hook("alerts", "alertmanager"), Hook("chat", "slack"));
        var victim = cluster[4];
        await cluster.StartAsync();
        await DeclaredAsync(3);

        await cluster.AckedAsync(victim.Kernel.Tell(RealCluster.Panic(victim.Number)));
        victim.Kill();
        await cluster.UntilAsync("three are told", () => Task.FromResult(receiver.All.Count == 3));
        victim.NewBoot();
        victim.Start();
        await cluster.UntilAsync("three are told of the end", () => Task.FromResult(receiver.All.Count == 6));

        var plain = receiver.At("/plain").ToList();
        plain.ShouldAllBe(one => one.Attempt == 1 && one.Token == "Bearer s3cret");
        plain.Select(one => Text(one.Body, "moment")).ShouldBe(["opened", "closed"]);
        plain.Select(one => one.Key).Distinct().Count().ShouldBe(2);
        var first = plain[0].Body;
        (Text(first, "node"), Text(first, "kind"), Text(first, "severity")).ShouldBe(("n4", "panic", "critical"));
        Text(first, "id").ShouldBe(plain[0].Key);
        first.GetProperty("witnesses").EnumerateArray().Select(one => one.GetString()).ShouldBe(["n4"]);

        var alerts = receiver.At("/alerts").Select(one => one.Body[0]).ToList();
        alerts[1].GetProperty("labels").ToString().ShouldBe(alerts[0].GetProperty("labels").ToString());
        alerts[0].GetProperty("endsAt").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow);
        alerts[1].GetProperty("endsAt").GetDateTime().ShouldBeLessThanOrEqualTo(DateTime.UtcNow);
        Text(receiver.At("/chat").First().Body, "text").ShouldStartWith("n4 of real: kernel panic (incident ");

        var incident = (
            await cluster.SameOnAllAsync("six notices", list => list.Count == 1 && list[0].Notices.Count == 6)
        )[0];
        incident.Notices.ShouldAllBe(notice =>
            notice.Stage == NoticeStage.Sent && notice.Attempt == 1 && notice.Detail == "HTTP 200, 1 try"
        );
    }

    /// <summary>The receiver has it, and the master dies before it can write that down.</summary>
    [Fact]
    public async Task Master_KilledBetweenSendAndRecord_IsFollowedByOneThatSendsAgainAndSaysSo()
    {
        var rounds = Environment.GetEnvironmentVariable("CLUSTERRAS_SLOW") == "1" ? RoundsSlow : Rounds;
        Channels(Hook("plain", "plain", ("end", false), ("events", new JsonArray("panic"))));
        RealNode[] control = [cluster[1], cluster[2], cluster[3]];
        await cluster.StartAsync(control);
        await DeclaredAsync(1);
        for (var round = 0; round < rounds; round++)
        {
            var master = await cluster.MasterAsync();
            var witness = control[round % control.Length];
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            receiver.Answer = one =>
            {
                if (one.Attempt == 1)
                {
                    master.Kill();
                    killed.TrySetResult();
                }

                return 200;
            };
            var telling = witness.Kernel.Tell(RealCluster.Panic(4, (ulong)(60_000 + FirstTag + round)));
            await killed.Task.WaitAsync(RealCluster.Patience);
            var told = round + 1;
            await cluster.UntilAsync(
                $"{told} are told again",
                () => Task.FromResult(receiver.All.Count(one => one.Attempt > 1) >= told)
            );
            master.Start();
            await cluster.AckedAsync(telling);
        }

        var incidents = await cluster.SameOnAllAsync(
            "every incident, and that it is told",
            list => list.Count == rounds && list.All(one => one.Notices is [{ Stage: NoticeStage.Sent }])
        );
        incidents.ShouldAllBe(one => one.Notices[0].Attempt == 2);
        var byKey = receiver.All.GroupBy(one => one.Key).ToList();
        byKey.Count.ShouldBe(rounds);
        byKey.ShouldAllBe(key => key.Select(one => one.Attempt).SequenceEqual(Enumerable.Range(1, 2)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{rounds} masters killed between send and record")
        );
    }

    /// <summary>Who comes after cannot know whether the siren went.</summary>
    [Fact]
    public async Task Master_KilledWhileItsProgramRuns_LeavesItUnknownAndNobodyStartsItTwice()
    {
        var heard = Path.Combine(cluster.Folder, "heard");
        var program = Path.Combine(cluster.Folder, "siren");
        await File.WriteAllTextAsync(
            program,
            $"#!/bin/sh\necho \"$CLUSTERRAS_KEY $CLUSTERRAS_SUMMARY\" >> {heard}\nexec sleep 20\n"
        );
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Channels(
            new JsonObject
            {
                ["name"] = "siren",
                ["command"] = new JsonArray(program),
                ["events"] = new JsonArray("panic"),
                ["end"] = false,
            }
        );
        RealNode[] control = [cluster[1], cluster[2], cluster[3]];
        var master = await cluster.StartAsync(control);
        await DeclaredAsync(1);

        var telling = control.First(node => node != master).Kernel.Tell(RealCluster.Panic(4));
        await cluster.UntilAsync(
            "the siren goes",
            () => Task.FromResult(File.Exists(heard) && File.ReadAllLines(heard).Length == 1)
        );
        master.Kill();

        await cluster.AckedAsync(telling);
        var incidents = await cluster.SameOnAllAsync(
            "that nobody knows",
            list => list is [{ Notices: [{ Stage: NoticeStage.Unknown }] }]
        );
        (await File.ReadAllLinesAsync(heard)).ShouldHaveSingleItem().ShouldContain("kernel panic");
        incidents[0].Notices[0].Attempt.ShouldBe(1u);
    }

    [Fact]
    public async Task Muted_IsToldOnlyAfterItsEnd_AndMaintenanceIsQuiet()
    {
        Channels(Hook("plain", "plain"));
        var victim = cluster[4];
        await cluster.StartAsync();
        await DeclaredAsync(1);
        var until = (ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        var mute = await cluster[1]
            .Operator.MuteAsync(
                new MuteRequest
                {
                    Mute = new Mute
                    {
                        NodeName = "n4",
                        UntilUnixMs = until,
                        Maintenance = true,
                        By = "anna",
                        Why = "new memory",
                    },
                },
                RealNode.Soon
            );

        // It reboots as announced: nobody is told, neither then nor later.
        await cluster.AckedAsync(victim.Kernel.Tell(RealCluster.Reboot(victim.Number)));
        victim.Kill();
        victim.NewBoot();
        victim.Start();
        var quiet = await cluster.SameOnAllAsync(
            "that it is muted",
            list => list is [{ Notices: [{ Stage: NoticeStage.Muted }] }]
        );
        quiet[0].Notices[0].Detail.ShouldBe($"mute {mute.Mute.Id}, by anna");

        // Muted, and not back when the mute ends: then they are told.
        await cluster.MasterAsync();
        await cluster.AckedAsync(victim.Kernel.Tell(RealCluster.Panic(victim.Number)));
        victim.Kill();
        receiver.All.ShouldBeEmpty();
        await cluster[2].Operator.UnmuteAsync(new UnmuteRequest { Id = mute.Mute.Id, By = "bob" }, RealNode.Soon);
        await cluster.UntilAsync("one is told", () => Task.FromResult(receiver.All.Count == 1));
        Text(receiver.All.Single().Body, "kind").ShouldBe("panic");
        (await cluster[1].Operator.ListMutesAsync(new ListMutesRequest(), RealNode.Soon)).Mutes.ShouldBeEmpty();
        var acts = (await cluster[1].Operator.ListActsAsync(new ListActsRequest(), RealNode.Soon)).Acts;
        acts.Select(act => (act.Kind, act.By)).ShouldBe([(ActKind.Unmute, "bob"), (ActKind.Maintenance, "anna")]);
    }

    [Fact]
    public async Task PortOfADeadNode_IsHiddenByItsDeath()
    {
        Channels(Hook("plain", "plain", ("events", new JsonArray("panic", "link"))));
        var victim = cluster[4];
        await cluster.StartAsync();
        await DeclaredAsync(1);

        victim.Kernel.Tell((msgid, start) => new DeviceRecord.LinkChange(msgid, start, null, 3, new(7), IsUp: false));
        await cluster.SameOnAllAsync("the port", list => list.Count == 1);
        await cluster.AckedAsync(victim.Kernel.Tell(RealCluster.Panic(victim.Number)));
        victim.Kill();

        var incidents = await cluster.SameOnAllAsync(
            "what became of both",
            list => list.Count == 2 && list.All(one => one.Notices is [{ Stage: not NoticeStage.Started }])
        );
        incidents
            .Select(one => (one.Kind, one.Notices[0].Stage))
            .ShouldBe([(EventKind.LinkChange, NoticeStage.Inhibited), (EventKind.Panic, NoticeStage.Sent)]);
        Text(receiver.All.ShouldHaveSingleItem().Body, "kind").ShouldBe("panic");
    }

    [Fact]
    public async Task ReceiverThatFails_IsToldAgain_AndOneThatRefusesIsNot()
    {
        receiver.Answer = one =>
            one.Path == "/never" ? 400
            : one.Attempt < 3 ? 503
            : 204;
        Channels(Hook("plain", "plain"), Hook("never", "plain"));
        await cluster.StartAsync();
        await DeclaredAsync(2);

        await cluster.AckedAsync(cluster[4].Kernel.Tell(RealCluster.Panic(4)));

        var incidents = await cluster.SameOnAllAsync(
            "how both went",
            list => list is [{ Notices.Count: 2 }] && list[0].Notices.All(one => one.Stage != NoticeStage.Started)
        );
        var notices = incidents[0].Notices.OrderBy(one => one.Channel).Select(one => (one.Stage, one.Detail));
        notices.ShouldBe([(NoticeStage.Failed, "HTTP 400, 1 try"), (NoticeStage.Sent, "HTTP 204, 3 tries")]);
        receiver.At("/plain").Select(one => one.Attempt).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task ChannelThatTheMasterDoesNotHave_IsSaidInItsLog()
    {
        var path = Channels(Hook("plain", "plain"));
        await cluster.StartAsync();
        await DeclaredAsync(1);
        foreach (var node in cluster.Nodes)
        {
            (await node.StopAsync()).ShouldBe(0);
            node.Options.RemoveAll(word => word == "--notifications" || word == path);
        }

        var master = await cluster.StartAsync();
        await cluster.AckedAsync(cluster[4].Kernel.Tell(RealCluster.Panic(4)));

        await cluster.SaidAsync(master, "notice.no-channel");
        receiver.All.ShouldBeEmpty();
    }

    private JsonObject Hook(string name, string format, params (string Name, JsonNode Value)[] more)
    {
        var channel = new JsonObject
        {
            ["name"] = name,
            ["webhook"] = $"{receiver.Address}/{name}",
            ["format"] = format,
        };
        foreach (var (member, value) in more)
        {
            channel[member] = value;
        }

        return channel;
    }

    private string Channels(params JsonNode[] channels)
    {
        var path = Path.Combine(cluster.Folder, "notifications.json");
        File.WriteAllText(
            path,
            new JsonObject { ["version"] = 1, ["channels"] = new JsonArray(channels) }.ToJsonString()
        );
        foreach (var node in cluster.Nodes)
        {
            node.Options.AddRange(["--notifications", path]);
        }

        return path;
    }

    private Task DeclaredAsync(int count) =>
        cluster.UntilAsync(
            $"{count} channels are declared",
            async () =>
                (await cluster[1].Operator.ListMutesAsync(new ListMutesRequest(), RealNode.Soon)).Channels.Count
                == count
        );

    private static string? Text(JsonElement body, string member) => body.GetProperty(member).GetString();
}
