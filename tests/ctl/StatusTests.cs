using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

public sealed class StatusTests
{
    [Fact]
    public async Task Status_OfThreeNodes_ReadsAsPlainColumns()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));

        var run = (await Run.OfAsync("status", "--links", "--address", $"{node.Address}")).Naming(node.Address, "ADDR");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe("");
        run.Out.ShouldBeGolden("status.txt");
    }

    [Fact]
    public async Task Status_AsJson_HasTheFieldsOfTheProtoFileOnOneLine()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01", "ab12"));

        var run = await Run.OfAsync("status", "--json", "--links", "--address", $"{node.Address}");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldBeGolden("status.json");
    }

    [Fact]
    public async Task Status_WhereAHeardNodeRunsAnotherVersion_NamesItWithBoth()
    {
        var status = Samples.Status("n01");
        foreach (var member in status.Members)
        {
            member.Version = status.Version;
        }

        status.Members[1].Version = "0.2.0";
        status.Members[2].Version = "0.3.0";
        await using var node = await FakeNode.StartAsync(status);

        var text = await Run.OfAsync("status", "--address", $"{node.Address}");
        text.Out.ShouldContain(
            "rasd     n02 with 0.2.0; n01, which says so, with 0.1.0\n",
            customMessage: "n03 is not heard"
        );

        node.Status.Members[1].Version = "";
        var old = await Run.OfAsync("status", "--address", $"{node.Address}");
        old.Out.ShouldContain("rasd     n02 with one that is too old to tell; n01, which says so, with 0.1.0\n");
        (await Run.OfAsync("status", "--json", "--address", $"{node.Address}")).Out.ShouldContain("\"version\":\"\"}");
    }

    [Fact]
    public async Task Status_WithoutLinksOption_LeavesLinksOut()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));

        var text = await Run.OfAsync("status", "--address", $"{node.Address}");
        var json = await Run.OfAsync("status", "--json", "--address", $"{node.Address}");

        text.Out.ShouldNotContain("PEER");
        json.Out.ShouldNotContain("\"links\"");
    }

    [Fact]
    public async Task Status_OfANodeThatKnowsNothing_SaysSo()
    {
        var status = new Status
        {
            Node = 0,
            NodeName = "n01",
            Role = Role.PreCandidate,
            Master = new MasterView { Term = 7 },
            Storage = StorageCondition.Stalled,
            StorageReason = "disk full",
            OutboxCount = 2,
            Version = "0.1.0",
            Members =
            {
                new MemberView
                {
                    Node = 0,
                    NodeName = "n01",
                    Health = Health.Unknown,
                },
            },
        };
        await using var node = await FakeNode.StartAsync(status);

        var text = (await Run.OfAsync("status", "--address", $"{node.Address}")).Naming(node.Address, "ADDR");
        var json = await Run.OfAsync("status", "--json", "--address", $"{node.Address}");

        text.ExitCode.ShouldBe(0);
        text.Out.ShouldBeGolden("status-alone.txt");
        json.Out.ShouldContain("\"cluster\":null");
        json.Out.ShouldContain("\"master\":null,\"term\":7");
        json.Out.ShouldContain("\"age_ms\":null");
        json.Out.ShouldContain("\"storage\":\"stalled\",\"storage_reason\":\"disk full\"");
    }
}
