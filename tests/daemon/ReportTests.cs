using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;

namespace ClusterRas.Daemon.Tests;

/// <summary>Words of our own senders, by <c>Events.Report</c>.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);
    private RealNode follower = null!;

    public async ValueTask InitializeAsync()
    {
        var master = await cluster.StartAsync(cluster[1], cluster[2], cluster[3]);
        follower = cluster.Live.First(node => node != master);
    }

    [Fact]
    public async Task Windows_OfEveryLength_EndAsTheLogSaysAndOnce()
    {
        ulong[] windows = [0, 1, 999, 1000, 1001, 20_000];
        var replies = new List<ReportReply>();
        foreach (var window in windows)
        {
            replies.Add(await follower.Programs.ReportAsync(Word(window)));
        }

        var incidents = await cluster.SameOnAllAsync(
            "each word's one ending",
            list => list.Count == windows.Length && list.All(incident => incident.ReleaseCount == 1)
        );
        incidents.Select(incident => incident.Reports.Single().WindowMs).ShouldBe(windows);
        foreach (var (reply, incident) in replies.Zip(incidents))
        {
            ShouldAgree(reply, incident);
        }

        replies[0].Ending.ShouldBe(ReportEnding.WindowOver);
        replies[^1].Ending.ShouldBe(ReportEnding.Acked);
    }

    [Fact]
    public async Task Window_OverWhileNobodyCouldCommit_IsNeverAcked()
    {
        var others = cluster.Live.Where(node => node != follower).ToList();
        others.ForEach(node => node.Freeze());
        var reply = await follower.Programs.ReportAsync(Word(500));
        reply.Ending.ShouldBe(ReportEnding.WindowOver);
        reply.HasIncident.ShouldBeFalse();
        others.ForEach(node => node.Thaw());

        var incident = (await cluster.SameOnAllAsync("it ended", list => list is [{ ReleaseCount: 1 }])).Single();
        ShouldAgree(reply, incident);
        incident.Releases[0].Outcome.ShouldBe(ReleaseOutcome.Late);
    }

    [Fact]
    public async Task Nonce_SaidTwice_IsOneIncident()
    {
        var word = Word(20_000);
        word.Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        var first = await follower.Programs.ReportAsync(word);
        var second = await follower.Programs.ReportAsync(word);

        first.Ending.ShouldBe(ReportEnding.Acked);
        second.Ending.ShouldBe(ReportEnding.Acked);
        second.Incident.ShouldBe(first.Incident);
        await cluster.SameOnAllAsync("one incident", list => list is [{ ReportCount: 1, ReleaseCount: 1 }]);
    }

    [Fact]
    public async Task Nonce_WithoutWindowSaidTwice_IsAnsweredTwice()
    {
        var word = new ReportRequest
        {
            Kind = EventKind.MemoryFault,
            NodeName = "n4",
            Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
        };
        var first = await follower.Programs.ReportAsync(word);
        var second = await follower.Programs.ReportAsync(word, deadline: DateTime.UtcNow + RealCluster.Patience);
        second.Ending.ShouldBe(ReportEnding.Acked);
        second.Incident.ShouldBe(first.Incident);
    }

    [Fact]
    public async Task Nonce_SaidAgainAsItsFirstSenderLeaves_IsStillAnswered()
    {
        var word = Word(20_000);
        word.Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        var others = cluster.Live.Where(node => node != follower).ToList();
        others.ForEach(node => node.Freeze());
        var mark = follower.LogMark;
        using var first = follower.Programs.ReportAsync(word);
        await cluster.SaidAsync(follower, "word.raised", mark);
        using var second = follower.Programs.ReportAsync(word);

        // An answer to a later call on the same connection: the second one has arrived.
        await follower.StatusAsync();
        first.Dispose();
        await Should.ThrowAsync<RpcException>(first.ResponseAsync);
        await follower.StatusAsync();
        others.ForEach(node => node.Thaw());

        (await second.ResponseAsync.WaitAsync(RealCluster.Patience)).Ending.ShouldBe(ReportEnding.Acked);
    }

    [Fact]
    public async Task Drill_ByReportAndByOperator_IsMarkedAsDrill()
    {
        var word = Word(20_000);
        word.Drill = true;
        word.Text = "only to see";
        (await follower.Programs.ReportAsync(word)).Ending.ShouldBe(ReportEnding.Acked);
        var drill = new DrillRequest
        {
            VictimNodeName = "n4",
            Kind = EventKind.Panic,
            WindowMs = 20_000,
        };
        var reply = await cluster[1].Operator.DrillAsync(drill);
        reply.Verdict.ShouldBe(Verdict.Recorded);

        var incidents = await cluster.SameOnAllAsync("two drills", list => list.Count == 2);
        incidents.ShouldAllBe(incident => incident.Drill);
        incidents.ShouldContain(incident => incident.Id == reply.Incident);
        incidents[0].Reports.Single().Text.ShouldBe("only to see");
    }

    [Fact]
    public async Task Report_ThatCannotBe_IsRefused()
    {
        (await RefusedAsync(new() { NodeName = "n9", Kind = EventKind.Panic })).ShouldBe(StatusCode.NotFound);
        (await RefusedAsync(new() { NodeName = "n4" })).ShouldBe(StatusCode.InvalidArgument);
        (await RefusedAsync(new() { NodeName = "n4", Kind = EventKind.Silent })).ShouldBe(StatusCode.InvalidArgument);
        (await RefusedAsync(new() { Eid = "fd00::1", Kind = EventKind.Panic })).ShouldBe(StatusCode.InvalidArgument);
        var shortNonce = Word(1000);
        shortNonce.Nonce = ByteString.CopyFrom(1, 2, 3);
        (await RefusedAsync(shortNonce)).ShouldBe(StatusCode.InvalidArgument);

        // An address may be another cluster's: it is answered, and is nobody's incident.
        var stranger = new ReportRequest
        {
            Kind = EventKind.Panic,
            Eid = ClusterMap.EidOf(77, 0).ToString(),
            WindowMs = 20_000,
        };
        var reply = await follower.Programs.ReportAsync(stranger);
        reply.Verdict.ShouldBe(Verdict.UnknownVictim);
        reply.HasIncident.ShouldBeFalse();
        await cluster.SameOnAllAsync("no incident", list => list.Count == 0);
    }

    public ValueTask DisposeAsync()
    {
        cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Of a kind where each word is an event of its own.</summary>
    private static ReportRequest Word(ulong windowMs) =>
        new()
        {
            Kind = EventKind.MemoryFault,
            NodeName = "n4",
            WindowMs = windowMs,
        };

    /// <summary>What the sender was told is what the log says: acked in time, or not acked at all.</summary>
    private static void ShouldAgree(ReportReply reply, Incident incident)
    {
        var release = incident.Releases.Single();
        if (reply.Ending == ReportEnding.Acked)
        {
            reply.Incident.ShouldBe(incident.Id);
            reply.Verdict.ShouldBe(Verdict.Recorded);
            release.Outcome.ShouldBe(ReleaseOutcome.Acked);
        }
        else
        {
            reply.WindowLeftMs.ShouldBe(0u);
            release.Outcome.ShouldNotBe(ReleaseOutcome.Acked);
            incident.AckedCount.ShouldBe(0u);
        }
    }

    private async Task<StatusCode> RefusedAsync(ReportRequest request) =>
        (await Should.ThrowAsync<RpcException>(async () => await follower.Programs.ReportAsync(request))).StatusCode;
}
