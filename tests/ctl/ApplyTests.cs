using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Tests;

/// <summary>The cluster runs with maps/lab.json, and is to run with maps/next.json.</summary>
public sealed class ApplyTests : IAsyncLifetime
{
    private static readonly string Lab = Path.Combine(AppContext.BaseDirectory, "maps", "lab.json");
    private static readonly string Next = Path.Combine(AppContext.BaseDirectory, "maps", "next.json");
    private FakeNode node = null!;

    public async ValueTask InitializeAsync()
    {
        node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.Status.MapVersion = 3;
        node.Topology = TopologyFile.Write(MapOf(Lab));
        node.OnApply = _ => new ApplyTopologyReply { MapVersion = 4 };
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task Apply_Granted_ShowsWhatChangesAndWhatIsLeftToDo()
    {
        var run = await AskAsync("apply", Next, "--by", "anna", "--why", "rack r1 grows");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "topology.md"));
        var last = run.Out[run.Out.LastIndexOf("\n\n", StringComparison.Ordinal)..];
        page.ShouldContain($"```text{last[1..].Replace(Next, "next.json", StringComparison.Ordinal)}```");
        var request = node.Requests.OfType<ApplyTopologyRequest>().Single();
        request.ParentDigest.ShouldBe(MapOf(Lab).Digest.ToString());
        request.Text.ShouldBe(TopologyFile.Write(MapOf(Next)));
        (request.By, request.Why).ShouldBe(("anna", "rack r1 grows"));
    }

    [Fact]
    public async Task Apply_AsJson_SaysBothVersionsAndTheChanges()
    {
        var run = await AskAsync("apply", Next, "--json");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldStartWith("""{"version_before":3,"version":4,"before_digest":"8ce1ed40f363""");
        run.Out.ShouldContain("\"changes\":[");
    }

    [Fact]
    public async Task Apply_DryRun_AsksForNothing()
    {
        var run = await AskAsync("apply", Next, "--dry-run");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldEndWith(
            $"\nNothing was changed. To apply just this:\nrasctl topology apply {Next} --onto 8ce1ed40f363\n"
        );
        node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_OfTheMapInForce_IsDoneWithoutAsking()
    {
        var run = await AskAsync("apply", Lab);

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldEndWith("\nversion 3 is in force already; nothing was changed\n");
        node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_OntoAnotherMap_IsRefusedBeforeAnybodyIsAsked()
    {
        var run = await AskAsync("apply", Next, "--onto", "0123456789ab");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: the cluster has version 3, 8ce1ed40f363, not 0123456789ab; nothing was changed.
                  look what it would change now: rasctl topology apply FILE --dry-run

                """
            )
        );
        node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_Refused_SaysWhyAndWhatToDo()
    {
        node.OnApply = _ =>
            throw new RpcException(
                new Grpc.Core.Status(
                    StatusCode.FailedPrecondition,
                    "the control group is just being changed; try again in a second"
                )
            );

        var run = await AskAsync("apply", Next);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBe(
            """
            rasctl: n01 at ADDR says: the control group is just being changed; try again in a second
              which map is in force: rasctl status; who asked for it: rasctl audit

            """
        );
    }

    [Fact]
    public async Task Apply_OfAWrongFile_TellsItsProblemsAndAsksNobody()
    {
        var run = await AskAsync("apply", Path.Combine(AppContext.BaseDirectory, "maps", "copied.json"));

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("copied.json:16:16: error: ");
        run.Error.ShouldContain("[eid-taken]");
        node.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("8ce1")]
    [InlineData("version 3")]
    public async Task Onto_ThatIsNoDigest_IsAWrongCommandLine(string given)
    {
        var run = await AskAsync("apply", Next, "--onto", given);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldStartWith($"rasctl: --onto takes 8 to 64 hex digits of a map's digest, not \"{given}\".");
    }

    [Fact]
    public async Task Get_WritesTheMapInForce()
    {
        var run = await AskAsync("get");

        run.ShouldBe(new Run(0, TopologyFile.Write(MapOf(Lab)), ""));
    }

    [Fact]
    public async Task Status_TellsTheVersionAndWhoLags()
    {
        node.Status.TopologyDigest = MapOf(Lab).Digest.ToString();
        node.Status.MapFile = MapFile.Outdated;
        node.Status.Members[0].MapVersion = 3;
        node.Status.Members[1].MapVersion = 3;
        node.Status.Members[2].MapVersion = 2;

        var run = await Run.OfAsync("status", "--address", $"{node.Address}");

        run.Out.ShouldContain("\nmap      version 3, 8ce1ed40f363; its file is an earlier one; n03 with version 2\n");
    }

    [Fact]
    public async Task Audit_NamesTheVersion()
    {
        node.Acts.Add(
            new Act
            {
                LogIndex = 140,
                Term = 3,
                Kind = ActKind.Map,
                By = "anna",
                Why = "rack r1 grows",
                MapVersion = 4,
            }
        );

        var run = await Run.OfAsync("audit", "--address", $"{node.Address}");

        run.Out.ShouldEndWith("140    3     map  version 4  anna  -        rack r1 grows\n");
    }

    private async Task<Run> AskAsync(params string[] words)
    {
        var run = await Run.OfAsync(["topology", .. words, "--address", $"{node.Address}"]);
        return run.Naming(node.Address, "ADDR");
    }

    private static Topology MapOf(string path) =>
        TopologyFile.Read(File.ReadAllBytes(path), path).ShouldBeOfType<TopologyReading.Accepted>().Topology;
}
