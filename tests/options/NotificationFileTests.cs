using System.Text;

namespace ClusterRas.Options.Tests;

/// <summary>The file of notification channels.</summary>
public sealed class NotificationFileTests
{
    [Fact]
    public void File_WithBothSortsOfChannels_IsRead()
    {
        var (file, problems) = Read(
            """
            {
              // The same on every node.
              "version": 1,
              "channels": [
                { "name": "pager", "webhook": "https://pager.example/x", "format": "alertmanager", "token_file": "t", "give_up_ms": 1000 },
                { "name": "siren", "events": ["panic", "silent"], "command": ["/usr/bin/siren", "on"], "end": false, "timeout_ms": 200 },
              ]
            }
            """
        );

        problems.ShouldBeEmpty();
        var pager = file.Channels[0];
        (pager.Name.Value, pager.Webhook!.Host, pager.Format, pager.TokenFile!.Value).ShouldBe(
            ("pager", "pager.example", "alertmanager", "t")
        );
        (pager.TellsEnd, pager.TimeoutMs, pager.GiveUpMs).ShouldBe((true, 5000, 1000));
        pager.Events.ShouldBe(NotificationFile.EventsDefault);
        NotificationFile.EventsDefault.ShouldNotContain("link");
        var siren = file.Channels[1];
        siren.Command.Select(word => word.Value).ShouldBe(["/usr/bin/siren", "on"]);
        (siren.Webhook, siren.TellsEnd, siren.TimeoutMs).ShouldBe((null, false, 200));
        siren.Events.ShouldBe(["panic", "silent"]);
    }

    /// <summary>All at once, each with its place.</summary>
    [Fact]
    public void Mistakes_AreToldAllAtOnce()
    {
        var (file, problems) = Read(
            """
            { "version": 2, "channels": [
              { "name": "pager", "webhok": "x", "events": ["pannic"], "timeout_ms": 0 },
              { "name": "siren", "command": [], "format": "slak", "end": null },
              { "name": "pager", "webhook": "ftp://x", "command": ["a"], "events": [] },
              { "webhook": "https://a", "token_file": 7 },
              7
            ] }
            """
        );

        file.Channels.ShouldBeEmpty();
        string.Join('\n', problems.Select(one => $"{one.Line}: {one.Found}"))
            .ShouldBe(
                """
                1: version 2 of the format is unknown
                2: channel "pager" has neither webhook nor command
                2: channel "pager": unknown member "webhok"
                2: channel "pager": events has "pannic"
                2: channel "pager": timeout_ms is 0
                3: channel "siren": command is empty
                3: channel "siren": format beside a command
                3: channel "siren": format is "slak"
                3: channel "siren": end is null
                4: channel "pager" has both webhook and command
                4: channel "pager" is there twice, first on line 2
                4: channel "pager": webhook is "ftp://x"
                4: channel "pager" has no events
                5: a channel has no "name"
                5: a channel: token_file is 7
                6: a member of channels is 7
                """
            );
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("{ \"channels\": [] }", true)]
    [InlineData("{ \"nodes\": [] }", false)]
    public void File_IsKnownByItsMembers(string text, bool isOne) =>
        NotificationFileReader.IsNotificationFile(Encoding.UTF8.GetBytes(text)).ShouldBe(isOne);

    private static (NotificationFile File, IReadOnlyList<Fabric.TopologyProblem> Problems) Read(string text)
    {
        var (file, problems) = NotificationFileReader.Read(Encoding.UTF8.GetBytes(text), "n.json");
        return (file, problems);
    }
}
