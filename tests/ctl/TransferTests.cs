using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Tests;

/// <summary>The sample's master is n02, in term 3.</summary>
public sealed class TransferTests : IAsyncLifetime
{
    private FakeNode node = null!;

    public async ValueTask InitializeAsync() => node = await FakeNode.StartAsync(Samples.Status("n01"));

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task Transfer_Granted_SaysWhoIsMasterNow()
    {
        node.OnTransfer = _ => new TransferReply { MasterNodeName = "n03", Term = 4 };

        var text = await AskAsync("transfer", "--to", "n03", "--by", "anna", "--why", "new memory");
        var json = await AskAsync("transfer", "--json");

        text.ShouldBe(new Run(0, "n03 is master after n02, term 4\n", ""));
        json.Out.ShouldBe("""{"master":"n03","term":4,"was":"n02"}""" + "\n");
        node.Requests[0]
            .ShouldBe(
                new TransferRequest
                {
                    ToNodeName = "n03",
                    By = "anna",
                    Why = "new memory",
                }
            );
    }

    [Fact]
    public async Task Transfer_ToTheMaster_IsDoneWithoutAsking()
    {
        var run = await AskAsync("transfer", "--to", "n02");

        run.ShouldBe(new Run(0, "n02 is master already, term 3\n", ""));
        node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Transfer_Refused_SaysWhyAndWhatToDo()
    {
        node.OnTransfer = _ =>
            throw new RpcException(
                new Grpc.Core.Status(StatusCode.FailedPrecondition, "n09 is not a voter; voters are n01, n02, n03")
            );

        var run = await AskAsync("transfer", "--to", "n09");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: n01 at ADDR says: n09 is not a voter; voters are n01, n02, n03
                  who is master, and who has a vote: rasctl status; whether it was asked for: rasctl audit

                """
            )
        );
    }

    [Fact]
    public async Task Transfer_WhereAnElectionCameBetween_EndsWithOneAndNamesTheMaster()
    {
        node.OnTransfer = _ => new TransferReply { MasterNodeName = "n01", Term = 5 };

        var run = await AskAsync("transfer", "--to", "n03");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("n01 is master now, not n03");
    }

    [Fact]
    public async Task Audit_Always_TellsWhoDidWhatAndWhy()
    {
        node.Acts.Add(
            new Act
            {
                LogIndex = 131,
                Term = 3,
                Kind = ActKind.Transfer,
                NodeName = "n02",
                By = "anna",
                Why = "new\nmemory",
                SaidUnixMs = 1_763_640_000_123,
            }
        );
        node.Acts.Add(
            new Act
            {
                LogIndex = 125,
                Term = 2,
                Kind = ActKind.Close,
                Incident = 118,
                By = "bob",
            }
        );

        var text = await AskAsync("audit");
        var json = await AskAsync("audit", "--count", "2", "--json");

        text.Out.ShouldBe(
            """
            ENTRY  TERM  ACT       ABOUT         BY    SAID AT                   WHY
            131    3     transfer  n02           anna  2025-11-20 12:00:00.123Z  new\nmemory
            125    2     close     incident 118  bob   -                         -

            """
        );
        json.Out.ShouldBe(
            """{"node":"n01","age_ms":12,"acts":[{"log_index":131,"term":3,"act":"transfer","node":"n02","incident":null,"""
                + "\"by\":\"anna\",\"why\":\"new\\nmemory\",\"lost\":[],\"map_version\":null,\"until_unix_ms\":null,\"mute\":null,\"said_unix_ms\":1763640000123},"
                + """{"log_index":125,"term":2,"act":"close","node":null,"incident":118,"by":"bob","why":null,"lost":[],"map_version":null,"until_unix_ms":null,"mute":null,"said_unix_ms":null}]}"""
                + "\n"
        );
        node.Requests[1].ShouldBe(new ListActsRequest { Count = 2 });
    }

    private async Task<Run> AskAsync(params string[] args) =>
        (await Run.OfAsync([.. args, "--address", $"{node.Address}"])).Naming(node.Address, "ADDR");
}
