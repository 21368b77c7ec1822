using System.Text.Json;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

public sealed class EventsTests : IAsyncLifetime
{
    private FakeNode node = null!;

    public async ValueTask InitializeAsync() => node = await FakeNode.StartAsync(Samples.Status("n01"));

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task List_OfTwo_ReadsAsPlainColumnsNewestFirst()
    {
        node.Incidents.AddRange([Samples.Drill(130), Samples.Closed()]);

        var run = await AskAsync("events", "list");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe("");
        run.Out.ShouldBeGolden("list.txt");
    }

    [Fact]
    public async Task List_OfNone_SaysSo() => (await AskAsync("events", "list")).Out.ShouldBe("no incidents\n");

    [Fact]
    public async Task List_AsJson_HasTheFieldsOfTheProtoFileOnOneLine()
    {
        node.Incidents.Add(Samples.Closed());

        var run = await AskAsync("events", "list", "--json");

        run.Out.ShouldBeGolden("list.json");
    }

    [Fact]
    public async Task List_AsJsonOfAnOpenOne_HasNullForWhatIsNotThereYet()
    {
        node.Incidents.Add(Samples.Drill(130));

        var run = await AskAsync("events", "list", "--json");

        run.Out.ShouldBeGolden("list-open.json");
    }

    [Theory]
    [InlineData("--open", IncidentState.Open)]
    [InlineData("--closed", IncidentState.Closed)]
    public async Task List_OfOneState_AsksTheNodeForIt(string option, IncidentState state)
    {
        await AskAsync("events", "list", option, "--victim", "n03", "--count", "7");

        node.Requests.ShouldHaveSingleItem()
            .ShouldBe(
                new ListIncidentsRequest
                {
                    State = state,
                    VictimNodeName = "n03",
                    Count = 7,
                }
            );
    }

    [Fact]
    public async Task List_LongerThanAPage_IsPutTogether()
    {
        node.Incidents.AddRange(Enumerable.Range(1, 250).Reverse().Select(id => Samples.Drill((ulong)id)));

        var all = await AskAsync("events", "list", "--json", "--count", "1000");
        var some = await AskAsync("events", "list", "--count", "3");

        using var json = JsonDocument.Parse(all.Out);
        json.RootElement.GetProperty("incidents").GetArrayLength().ShouldBe(250);
        json.RootElement.GetProperty("more").GetBoolean().ShouldBeFalse();
        some.Out.Split('\n').Length.ShouldBe(5);
        some.Error.ShouldBe("rasctl: there are older ones; --count N shows more than 3.\n");
    }

    [Theory]
    [InlineData(null, "of unknown age, for it knows no master")]
    [InlineData(75_000UL, "1 min 15 s old")]
    public async Task List_FromAnOldLog_IsMarkedOnStandardError(ulong? ageMs, string says)
    {
        node.ListAgeMs = ageMs;

        var run = await AskAsync("events", "list");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe($"rasctl: the list of n01 at ADDR is {says}; newer incidents may be missing.\n");
    }

    [Fact]
    public async Task Show_OfAClosedOne_TellsItInTheOrderInWhichItHappened()
    {
        node.Incidents.Add(Samples.Closed());

        var run = await AskAsync("events", "show", "118");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldBeGolden("show.txt");
    }

    [Fact]
    public async Task Show_OfASilentOne_SaysThatNobodySaidAnything()
    {
        node.Incidents.Add(
            new Incident
            {
                Id = 140,
                Victim = 2,
                VictimNodeName = "n03",
                Life = new LifeView { Tag = 9 },
                Claim = 1,
                Kind = EventKind.Silent,
                State = IncidentState.Open,
                OpenedTerm = 4,
                Silent = true,
            }
        );

        var run = await AskAsync("events", "show", "140");

        run.Out.ShouldBeGolden("show-silent.txt");
    }

    [Fact]
    public async Task Show_OfASilentOne_SaysWhoHeardItLast()
    {
        node.Incidents.Add(Samples.Silent());

        var run = await AskAsync("events", "show", "141");
        var json = await AskAsync("events", "show", "141", "--json");

        run.Out.ShouldBeGolden("show-silent-seen.txt");
        json.Out.ShouldContain(
            """
            "silence":{"asked":["n02"],"sights":[{"by":"n01","die":0,"ago_ms":1104,"refused":false},
            """.Trim()
        );
    }

    [Fact]
    public async Task Show_OfAnUnknownOne_EndsWithOneMessage()
    {
        var run = await AskAsync("events", "show", "99");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: n01 at ADDR says: no incident 99
                  rasctl events list shows those that there are

                """
            )
        );
    }

    [Fact]
    public async Task Close_OfAnOpenOne_SaysWhoClosedIt()
    {
        node.OnClose = request => new Incident
        {
            Id = request.Id,
            Victim = 1,
            VictimNodeName = "n02",
            Kind = EventKind.KernelReboot,
            State = IncidentState.Closed,
            CloseReason = CloseReason.Operator,
            ClosedBy = request.By,
            ClosedIndex = 131,
        };

        var run = await AskAsync("events", "close", "130", "--by", "alice");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldStartWith("incident 130: reboot of n02, closed: operator alice\n");
        run.Out.ShouldEndWith("  closed    #131    by an operator: alice\n");
        node.Requests.ShouldHaveSingleItem().ShouldBe(new CloseIncidentRequest { Id = 130, By = "alice" });
    }

    [Fact]
    public async Task Close_WithoutAMaster_EndsWithTheNodesReason()
    {
        node.OnClose = _ =>
            throw new Grpc.Core.RpcException(
                new Grpc.Core.Status(Grpc.Core.StatusCode.Unavailable, "no master is known")
            );

        var run = await AskAsync("events", "close", "130", "--by", "alice");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: n01 at ADDR says: no master is known
                  how it stands: rasctl events show 130; whether there is a master: rasctl status

                """
            )
        );
    }

    private async Task<Run> AskAsync(params string[] args) =>
        (await Run.OfAsync([.. args, "--address", $"{node.Address}"])).Naming(node.Address, "ADDR");
}
