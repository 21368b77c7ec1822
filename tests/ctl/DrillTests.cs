using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

public sealed class DrillTests : IAsyncLifetime
{
    private FakeNode node = null!;

    public async ValueTask InitializeAsync() => node = await FakeNode.StartAsync(Samples.Status("n01"));

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Theory]
    [InlineData("panic", EventKind.Panic)]
    [InlineData("reboot", EventKind.KernelReboot)]
    [InlineData("poweroff", EventKind.PowerOff)]
    public async Task Drill_OfEachKind_SaysItAtTheAskedNode(string word, EventKind kind)
    {
        node.OnDrill = _ => new DrillReply { Incident = 17, Verdict = Verdict.Recorded };

        var run = await AskAsync("drill", word, "n03");

        run.ExitCode.ShouldBe(0);
        node.Requests.ShouldHaveSingleItem().ShouldBe(new DrillRequest { VictimNodeName = "n03", Kind = kind });
    }

    [Fact]
    public async Task Drill_AnsweredInTime_TellsIncidentVerdictAndTimeLeft()
    {
        node.OnDrill = _ => new DrillReply
        {
            Incident = 17,
            Verdict = Verdict.Handled,
            WindowLeftMs = 34_702,
        };

        var text = await AskAsync("drill", "panic", "n03", "--window-ms", "35000", "--text", "exercise");
        var json = await AskAsync("drill", "panic", "n03", "--window-ms", "35000", "--json");

        text.Out.ShouldBe("incident 17: panic of n03 (drill), handled, 34.7 s of the window left; said at n01\n");
        json.Out.ShouldBe(
            """{"incident":17,"verdict":"handled","result":0,"window_left_ms":34702,"asked":"n01"}""" + "\n"
        );
        node.Requests[0]
            .ShouldBe(
                new DrillRequest
                {
                    VictimNodeName = "n03",
                    Kind = EventKind.Panic,
                    WindowMs = 35_000,
                    Text = "exercise",
                }
            );
    }

    [Fact]
    public async Task Drill_NotCommittedInTime_EndsWithOne()
    {
        node.OnDrill = _ => new DrillReply { WindowLeftMs = 0 };

        var run = await AskAsync("drill", "panic", "n03", "--window-ms", "200", "--json");

        run.ShouldBe(
            new Run(
                1,
                """{"incident":null,"verdict":null,"result":0,"window_left_ms":0,"asked":"n01"}""" + "\n",
                """
                rasctl: n01 at ADDR says: not committed within the window. The word is kept and sent on.
                  is there a master? rasctl status; and later: rasctl events list

                """
            )
        );
    }

    [Fact]
    public async Task Drill_OfAnUnknownVictim_EndsWithOne()
    {
        node.OnDrill = _ => new DrillReply { Verdict = Verdict.UnknownVictim };

        var run = await AskAsync("drill", "panic", "n99");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("the topology has no node \"n99\"");
    }

    private async Task<Run> AskAsync(params string[] args) =>
        (await Run.OfAsync([.. args, "--address", $"{node.Address}"])).Naming(node.Address, "ADDR");
}
