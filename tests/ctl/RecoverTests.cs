using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Tests;

/// <summary>n01 is lost; n02 and n03 are left, and n03 has the newer log.</summary>
public sealed class RecoverTests : IAsyncLifetime
{
    private const string Word = "demo-0123456789ab";
    private FakeNode second = null!;
    private FakeNode third = null!;
    private Map map = null!;

    public async ValueTask InitializeAsync()
    {
        second = await FakeNode.StartAsync(Samples.Status("n02"));
        third = await FakeNode.StartAsync(Samples.Status("n03"));
        second.Survivor = Left(1, 12);
        third.Survivor = Left(2, 14);
        second.OnPlan = request =>
        {
            request.Survivors.ShouldBe([second.Survivor, third.Survivor]);
            request.LostNodeNames.ShouldBe(["n01"]);
            return new PlanRecoveryReply
            {
                Epoch = 1,
                ChosenNodeName = "n03",
                LostNodeNames = { "n01" },
                Confirmation = Word,
            };
        };
        map = Map.Of(Map.Nobody(1), second.Address, third.Address);
    }

    public async ValueTask DisposeAsync()
    {
        map.Dispose();
        await second.DisposeAsync();
        await third.DisposeAsync();
    }

    private static Survivor Left(uint node, ulong last) =>
        new()
        {
            Node = node,
            NodeName = $"n0{node + 1}",
            LastTerm = 4,
            LastIndex = last,
            CommitIndex = 12,
            Voters =
            {
                new Voter { Node = 0 },
                new Voter { Node = 2 },
            },
            Hears = { 3 - node },
        };

    [Fact]
    public async Task Recover_WithoutAConfirmation_ShowsThePlanAndDoesNothing()
    {
        var run = await AskAsync("--lost", "n01");

        run.ShouldBe(
            new Run(
                0,
                """
                plan     recovery 1: n03 goes on alone, with entries up to 14 of term 4
                lost     the seats of n01: their disks take part no more, for ever
                at risk  whatever came after entry 14 of term 4: entries that only lost disks have, acked ones too

                SURVIVOR  ENTRIES UP TO  COMMITTED UP TO  VOTER  HEARS
                n02       12 of term 4   12               -      1 nodes
                n03       14 of term 4   12               yes    1 nodes

                Nothing was done. See to it that the lost nodes cannot start with their old disks; then:
                rasctl recover --lost n01 --survivors n02,n03 --i-have-fenced --confirm demo-0123456789ab

                """,
                ""
            )
        );
        third.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recover_WithoutAConfirmationInJson_HasTheWord()
    {
        var run = await AskAsync("--lost", "n01", "--json");

        run.Out.ShouldBe(
            """{"epoch":1,"chosen":"n03","lost":["n01"],"confirmation":"demo-0123456789ab","survivors":["""
                + """{"name":"n02","last_index":12,"last_term":4,"commit_index":12,"voter":false},"""
                + """{"name":"n03","last_index":14,"last_term":4,"commit_index":12,"voter":true}]}"""
                + "\n"
        );
    }

    [Fact]
    public async Task Recover_Confirmed_OrdersItAtTheChosenNode()
    {
        third.OnRecover = _ => new RecoverReply { MasterNodeName = "n03", Term = 7 };

        var run = await AskAsync(
            "--lost",
            "n01",
            "--survivors",
            "n03, n02",
            "--i-have-fenced",
            "--confirm",
            Word,
            "--by",
            "anna",
            "--why",
            "the rack burned"
        );

        run.ShouldBe(
            new Run(
                0,
                """
                n03 is master, term 7; this was recovery 1
                the other survivors are given seats within seconds: rasctl status
                a lost node that had a seat may come back with an empty data folder only

                """,
                ""
            )
        );
        second.Requests.ShouldBeEmpty();
        var request = third.Requests.ShouldHaveSingleItem().ShouldBeOfType<RecoverRequest>();
        (request.Confirmation, request.Fenced, request.By, request.Why).ShouldBe(
            (Word, true, "anna", "the rack burned")
        );
        request.Plan.Survivors.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Recover_WithAStaleConfirmation_DoesNothing()
    {
        var run = await AskAsync("--lost", "n01", "--i-have-fenced", "--confirm", "demo-ba9876543210");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: "demo-ba9876543210" is for another state than the present one; nothing was done.
                  look at the plan again, without --confirm and --i-have-fenced

                """
            )
        );
        third.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recover_ThatIsNoWayOut_TellsEverythingAgainstIt()
    {
        second.OnPlan = _ => new PlanRecoveryReply
        {
            Problems = { "n02 hears n01 on its links", "a majority survives" },
        };

        var run = await AskAsync("--lost", "n01");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: nothing can be recovered so; nothing was done:
                  n02 hears n01 on its links
                  a majority survives

                """
            )
        );
    }

    [Fact]
    public async Task Recover_WhereASurvivorDoesNotAnswer_NamesIt()
    {
        var run = await AskAsync("--lost", "n02", "--survivors", "n01,n03");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith("rasctl: not every survivor answers:\n  n01 at 127.0.0.1:1: connection refused\n");
    }

    [Theory]
    [InlineData("", "Option '--lost' is required.")]
    [InlineData("--lost n01 --confirm demo-1", "--confirm and --i-have-fenced go together")]
    [InlineData("--lost n01 --i-have-fenced", "--confirm and --i-have-fenced go together")]
    [InlineData("--lost n01 --node n02", "--node and --address cannot be given")]
    public async Task Recover_WrongCommandLine_EndsWithTwo(string line, string says)
    {
        var run = await AskAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(says);
    }

    [Fact]
    public async Task Recover_WithSeveralWrongNames_TellsThemAll()
    {
        var run = await AskAsync("--lost", "n01,n09", "--survivors", "n01,n3");

        run.ShouldBe(
            new Run(
                2,
                "",
                $"""
                rasctl: --lost: {map.Path} has no node "n09"; it has n01, n02, n03
                  --survivors: {map.Path} has no node "n3"; it has n01, n02, n03
                  n01 cannot be lost and a survivor

                """
            )
        );
    }

    private Task<Run> AskAsync(params string[] args) => Run.OfAsync(["recover", .. args, "--topology", map.Path]);
}
