using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterRas.Master.Notifications;
using ClusterRas.Protocol;
using Kind = ClusterRas.Protocol.EventKind;
using Moment = ClusterRas.Protocol.NoticeMoment;
using Reason = ClusterRas.Protocol.CloseReason;
using Stage = ClusterRas.Wire.V1.NoticeStage;

namespace ClusterRas.Daemon.Tests;

/// <summary>What we send to Alertmanager, judged by a real one.</summary>
public sealed class AlertmanagerTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);
    private readonly Receiver pager = new();
    private Alertmanager? alertmanager;

    public void Dispose()
    {
        alertmanager?.Dispose();
        cluster.Dispose();
        pager.Dispose();
    }

    [Fact]
    public async Task Panic_FiresThereUnderItsLabels_UntilTheNodeIsBack()
    {
        var there = await StartAlertmanagerAsync();
        var path = Path.Combine(cluster.Folder, "notifications.json");
        var channel = new JsonObject
        {
            ["name"] = "alertmanager",
            ["webhook"] = there.Webhook,
            ["format"] = "alertmanager",
            ["events"] = new JsonArray("panic"),
        };
        await File.WriteAllTextAsync(
            path,
            new JsonObject { ["version"] = 1, ["channels"] = new JsonArray(channel) }.ToJsonString()
        );
        foreach (var node in cluster.Nodes)
        {
            node.Options.AddRange(["--notifications", path]);
        }

        var victim = cluster[4];
        await cluster.StartAsync();
        await cluster.UntilAsync(
            "the channel is declared",
            async () =>
                (await cluster[1].Operator.ListMutesAsync(new ListMutesRequest(), RealNode.Soon)).Channels.Count == 1
        );
        await cluster.AckedAsync(victim.Kernel.Tell(RealCluster.Panic(victim.Number)));
        victim.Kill();

        await cluster.UntilAsync("the alert is there", async () => (await there.AlertsAsync()).Count == 1);
        var incident = (await cluster.SameOnAllAsync("it", list => list.Count == 1))[0];
        var alert = (await there.AlertsAsync())[0];
        Labels(alert).ShouldBe($"alertname=ClusterRasIncident cluster=real incident={incident.Id} node=n4");
        alert.GetProperty("status").GetProperty("state").GetString().ShouldBe("active");
        var annotations = alert.GetProperty("annotations");
        annotations.GetProperty("summary").GetString().ShouldBe($"n4 of real: kernel panic (incident {incident.Id})");
        annotations.GetProperty("severity").GetString().ShouldBe("critical");
        (Time(alert, "endsAt") - Time(alert, "startsAt")).TotalDays.ShouldBe(7, tolerance: 0.1);
        await PagedAsync("firing");

        victim.NewBoot();
        victim.Start();
        await cluster.UntilAsync("the alert is gone", async () => (await there.AlertsAsync()).Count == 0);
        var resolved = await PagedAsync("resolved");
        Labels(resolved).ShouldBe(Labels(alert));
        resolved
            .GetProperty("annotations")
            .GetProperty("summary")
            .GetString()
            .ShouldBe($"n4 of real: over, it is back in a new life (incident {incident.Id})");
        await cluster.SameOnAllAsync(
            "that it was told twice",
            list =>
                list is [{ Notices.Count: 2 }]
                && list[0].Notices.All(one => one.Stage == Stage.Sent && one.Detail == "HTTP 200, 1 try")
        );
        (await there.MetricAsync("alertmanager_alerts_invalid_total{version=\"v2\"}"))
            .ShouldHaveSingleItem()
            .ShouldEndWith(" 0");
    }

    /// <summary>Alertmanager keeps the later of two ends, unless the new one has passed by its own clock.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public async Task EndByAClockThatIsAheadOrBehind_IsAnEnd(int aheadSeconds)
    {
        var there = await StartAlertmanagerAsync();
        var now = DateTimeOffset.UtcNow.AddSeconds(aheadSeconds);
        var opened = new Notification
        {
            Channel = "alertmanager",
            Moment = Moment.Opened,
            Cluster = "real",
            ClusterId = new ClusterId(1),
            Incident = new IncidentId(new LogIndex(7)),
            Node = "n4",
            Kind = Kind.Panic,
            At = now.AddSeconds(-5),
            Master = "n1",
        };
        (await there.PostAsync(WebhookBody.Of(opened, WebhookFormat.Alertmanager, now))).ShouldBe(HttpStatusCode.OK);
        await cluster.UntilAsync("the alert is there", async () => (await there.AlertsAsync()).Count == 1);

        var closed = opened with { Moment = Moment.Closed, Ended = Reason.Rebooted };
        (await there.PostAsync(WebhookBody.Of(closed, WebhookFormat.Alertmanager, now))).ShouldBe(HttpStatusCode.OK);
        await cluster.UntilAsync("the alert is gone", async () => (await there.AlertsAsync()).Count == 0);
        await PagedAsync("resolved");
    }

    private async Task<Alertmanager> StartAlertmanagerAsync()
    {
        Assert.SkipWhen(Alertmanager.WhyNot is not null, Alertmanager.WhyNot ?? "");
        var started = alertmanager = new Alertmanager(cluster.Folder, $"{pager.Address}/pager");
        await cluster.UntilAsync("Alertmanager answers", started.IsReadyAsync);
        return started;
    }

    /// <summary>The alert as Alertmanager has told it in turn.</summary>
    private async Task<JsonElement> PagedAsync(string status)
    {
        var found = await cluster.UntilAsync(
            $"the pager is told that it is {status}",
            () => Task.FromResult(pager.All.FirstOrDefault(one => one.Body.GetProperty("status").GetString() == status))
        );
        return found.Body.GetProperty("alerts")[0];
    }

    private static DateTimeOffset Time(JsonElement alert, string member) =>
        alert.GetProperty(member).GetDateTimeOffset();

    private static string Labels(JsonElement alert) =>
        string.Join(
            ' ',
            alert
                .GetProperty("labels")
                .EnumerateObject()
                .OrderBy(label => label.Name, StringComparer.Ordinal)
                .Select(label => $"{label.Name}={label.Value}")
        );
}
