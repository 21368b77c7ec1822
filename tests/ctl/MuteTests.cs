using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

public sealed class MuteTests : IAsyncLifetime
{
    private const ulong NoonUnixMs = 1_795_176_000_000;
    private FakeNode node = null!;

    public async ValueTask InitializeAsync()
    {
        node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.OnMute = request =>
        {
            var mute = request.Mute.Clone();
            mute.Id = 130;
            return new MuteReply { Mute = mute };
        };
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task Maintenance_Asked_SaysUntilWhenAndHowItIsTakenBack()
    {
        var text = await AskAsync("maintenance", "n03", "--for", "30m", "--by", "anna", "--why", "new memory");
        var json = await AskAsync("maintenance", "n03", "--for", "30m", "--by", "anna", "--json");

        text.ShouldBe(
            new Run(
                0,
                "nobody is told of n03 (maintenance) until 2026-11-20 12:30:00.000Z; earlier: rasctl mute end 130\n",
                ""
            )
        );
        json.Out.ShouldBe(
            """{"id":130,"node":"n03","kinds":[],"until_unix_ms":1795177800000,"maintenance":true,"by":"anna","why":null}"""
                + "\n"
        );
        ((MuteRequest)node.Requests[0]).Mute.ShouldBe(
            new Mute
            {
                NodeName = "n03",
                UntilUnixMs = NoonUnixMs + 1_800_000,
                Maintenance = true,
                By = "anna",
                Why = "new memory",
            }
        );
    }

    [Fact]
    public async Task Add_WithKindsAndNoNode_IsOfAnyNode()
    {
        var run = await AskAsync("mute", "add", "--kind", "link", "--kind", "oom", "--for", "2d");

        run.Out.ShouldBe(
            "nobody is told of link, oom of any node until 2026-11-22 12:00:00.000Z; earlier: rasctl mute end 130\n"
        );
        ((MuteRequest)node.Requests[0]).Mute.Kinds.ShouldBe([EventKind.LinkChange, EventKind.OutOfMemory]);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("367d")]
    [InlineData("99999999999h")]
    public async Task Span_ThatIsNone_IsRefusedBeforeAnybodyIsAsked(string span)
    {
        var run = await AskAsync("maintenance", "n03", $"--for={span}");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(
            $"--for takes a whole number with s, m, h or d behind it, at most 366d, not \"{span}\"."
        );
        node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_ShowsMutesAndChannels_AndSaysWhenThereIsNone()
    {
        var none = await AskAsync("mute", "list");
        node.Mutes.Mutes.Add(
            new Mute
            {
                Id = 130,
                NodeName = "n03",
                UntilUnixMs = NoonUnixMs,
                By = "anna\u001b",
                Why = "new memory",
            }
        );
        node.Mutes.Channels.Add("pager");
        node.Mutes.AgeMs = 5;

        var text = await AskAsync("mute", "list");
        var json = await AskAsync("mute", "list", "--json");

        none.Out.ShouldContain("no channel is declared: nobody is told of anything (rasd --notifications FILE)");
        var lines = text.Out.Split('\n');
        lines[1].ShouldStartWith("130   n03  2026-11-20 12:00:00.000Z  anna");
        lines[1].ShouldNotContain('\u001b');
        lines[2].ShouldBe("channels: pager");
        json.Out.ShouldStartWith("""{"node":"n01","age_ms":5,"mutes":[{"id":130,"node":"n03",""");
    }

    [Fact]
    public async Task End_Asked_SaysThatPeopleAreToldAgain()
    {
        var run = await AskAsync("mute", "end", "130", "--by", "bob");

        run.ShouldBe(new Run(0, "mute 130 is over: people are told again\n", ""));
        ((UnmuteRequest)node.Requests[0]).ShouldBe(new UnmuteRequest { Id = 130, By = "bob" });
    }

    private async Task<Run> AskAsync(params string[] args) =>
        (await Run.OfAsync([.. args, "--address", $"{node.Address}"])).Naming(node.Address, "ADDR");
}
