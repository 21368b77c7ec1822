using System.Text;
using System.Text.Json;
using ClusterRas.Master.Notifications;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Notifications;

/// <summary>What receivers are sent, byte for byte.</summary>
public sealed class WebhookBodyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly Notification Panic = new()
    {
        Channel = "pager",
        Moment = NoticeMoment.Opened,
        Cluster = "lab",
        ClusterId = new ClusterId(0x1f),
        Incident = new IncidentId(new LogIndex(42)),
        Node = "n03",
        Kind = EventKind.Panic,
        Witnesses = ["n03", "n04"],
        Words = "Oops: <0> & more",
        At = Now.AddMilliseconds(-250),
        Master = "n01",
    };

    [Fact]
    public void Plain_HasEveryField() =>
        Text(Panic with { Attempt = 2, IsSilent = true }, WebhookFormat.Plain)
            .ShouldBe(
                """{"id":"0000000000000000000000000000001f/42/opened/pager","attempt":2,"moment":"opened","cluster":"lab","""
                    + """
                    "incident":42,"node":"n03","kind":"panic","severity":"critical","silent":true,"drill":false,"summary":"n03 of lab: kernel panic (incident 42)","words":"Oops: \u003C0\u003E \u0026 more","witnesses":["n03","n04"],"at":"2026-11-20T11:59:59.75Z","master":"n01"}
                    """
            );

    [Fact]
    public void Alert_FiresUntilItsEndIsTold_UnderTheSameLabels()
    {
        var opened = Parsed(Panic, WebhookFormat.Alertmanager)[0];
        var closed = Parsed(
            Panic with
            {
                Moment = NoticeMoment.Closed,
                Kind = EventKind.KernelReboot,
                Ended = CloseReason.Rebooted,
            },
            WebhookFormat.Alertmanager
        )[0];

        opened.GetProperty("labels").ToString().ShouldBe(closed.GetProperty("labels").ToString());
        opened.GetProperty("startsAt").GetDateTimeOffset().ShouldBe(Panic.At);
        opened.GetProperty("endsAt").GetDateTimeOffset().ShouldBe(Now.AddDays(7));
        closed.GetProperty("endsAt").GetDateTimeOffset().ShouldBe(Now.AddMinutes(-1));
        closed
            .GetProperty("startsAt")
            .GetDateTimeOffset()
            .ShouldBe(Now.AddMinutes(-1), "it may not end before it starts");
        closed
            .GetProperty("annotations")
            .GetProperty("summary")
            .GetString()
            .ShouldBe("n03 of lab: over, it is back in a new life (incident 42)");
    }

    [Fact]
    public void Chat_EscapesWhatItsReadersGiveAMeaning() =>
        Parsed(Panic with { Attempt = 2, IsDrill = true }, WebhookFormat.Slack)
            .GetProperty("text")
            .GetString()
            .ShouldBe(
                "[drill] n03 of lab: kernel panic (incident 42)\n&gt; Oops: &lt;0&gt; &amp; more\n"
                    + "reported by n03, n04; master n01\nattempt 2: you may have this already"
            );

    private static string Text(Notification one, WebhookFormat format) =>
        Encoding.UTF8.GetString(WebhookBody.Of(one, format, Now));

    private static JsonElement Parsed(Notification one, WebhookFormat format) =>
        JsonDocument.Parse(WebhookBody.Of(one, format, Now)).RootElement;
}
