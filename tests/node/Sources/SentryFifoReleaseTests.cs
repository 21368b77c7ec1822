using ClusterRas.Fabric;
using ClusterRas.Protocol;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class SentryFifoReleaseTests
{
    [Fact]
    public async Task Release_WithoutAReaderOfAnswers_FailsAndNamesTheReason()
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        writer.Write(Panic(startNs: 0).Bytes());
        test.Release(test.Next<Input.Raised>()).ShouldBe(ReleaseOutcome.Failed);
        test.WaitForLine("the waiter has gone");
    }

    [Fact]
    public async Task Release_AfterAnotherRecordTookTheMsgid_WritesNothing()
    {
        // Also where the newer record's kind is off.
        await using var test = new SourceUnderTest(kinds: new HashSet<EventKind> { EventKind.Panic });
        using var writer = test.Writer();
        using var acks = new PipeReader(test.AcksPath);
        writer.Write(Panic(19, startNs: 0).Bytes());
        var raised = test.Next<Input.Raised>();
        writer.Write(PowerOff(19).Bytes());
        Eventually.True(() => test.Tally.Off.Count == 1, "not read");
        test.Release(raised).ShouldBe(ReleaseOutcome.Overtaken);
        acks.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Release_WhileACopyNamesAnotherAddress_WritesNothing()
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        using var acks = new PipeReader(test.AcksPath);
        writer.Write(Panic(startNs: 0).Bytes());
        var raised = test.Next<Input.Raised>();
        writer.Write((Panic(startNs: 0) with { Eid = new Eid(1, 2) }).Bytes());
        test.Next<Input.Raised>();
        test.Release(raised).ShouldBe(ReleaseOutcome.Overtaken);
        acks.IsEmpty.ShouldBeTrue();
        test.WaitForLine("source.shared_msgid");
    }

    [Fact]
    public async Task Release_ManyAtOnce_HasOneOutcomeEach()
    {
        await using var test = new SourceUnderTest(with: options => options with { ReleasesMax = 4 });
        using var writer = test.Writer();
        writer.Write(Panic(startNs: 0).Bytes());
        var release = SourceUnderTest.ReleaseOf(test.Next<Input.Raised>());
        for (var i = 0; i < 500; i++)
        {
            test.Source.Release(release);
        }

        for (var i = 0; i < 500; i++)
        {
            test.Next<Input.Released>().Outcome.ShouldBe(ReleaseOutcome.Failed);
        }

        test.InboxIsEmpty();
    }

    [Fact]
    public async Task Dispose_WithAnswersToWrite_WritesThem()
    {
        var test = new SourceUnderTest(before: path => File.WriteAllText(path + ".ack", ""));
        byte[] written;
        using (var writer = test.Writer())
        {
            writer.Write(Panic(startNs: 0).Bytes());
            var release = SourceUnderTest.ReleaseOf(test.Next<Input.Raised>());
            test.Source.Release(release);
            test.Source.Release(release);
            await test.Source.DisposeAsync();
            written = File.ReadAllBytes(test.AcksPath);
            test.Source.Release(release);
        }

        written.Length.ShouldBe(176);
        test.Next<Input.Released>().Outcome.ShouldBe(ReleaseOutcome.Acked);
        test.Next<Input.Released>().Outcome.ShouldBe(ReleaseOutcome.Acked);
        test.InboxIsEmpty();
        await test.DisposeAsync();
    }
}
