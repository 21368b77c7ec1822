using ClusterRas.Protocol;

namespace ClusterRas.Node.Sources.Tests;

public sealed class FifoAcksTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly byte[] ack = [.. Enumerable.Range(0, 88).Select(i => (byte)i)];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Write_WithoutAReader_FailsAtOnceAndSaysWhy()
    {
        using var acks = new FifoAcks(scratch.Fifo("acks"));
        var result = acks.Write(ack);
        result.Outcome.ShouldBe(ReleaseOutcome.Failed);
        result.Reason.ShouldContain("the waiter has gone");
    }

    [Fact]
    public void Write_WithAReader_GivesItEachAnswerWhole()
    {
        var path = scratch.Fifo("acks");
        using var acks = new FifoAcks(path);
        using var reader = new PipeReader(path);
        acks.Write(ack).ShouldBe(new AckResult(ReleaseOutcome.Acked, ""));
        reader.Read().ShouldBe(ack);
        acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        reader.Read().ShouldBe(ack);
    }

    [Fact]
    public void Write_AfterTheReaderHasGone_FailsAndServesTheNextReader()
    {
        var path = scratch.Fifo("acks");
        using var acks = new FifoAcks(path);
        using (var reader = new PipeReader(path))
        {
            acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        }

        acks.Write(ack).Reason.ShouldContain("the waiter has gone");
        using var next = new PipeReader(path);
        acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        next.Read().ShouldBe(ack);
    }

    [Fact]
    public void CloseIfUnread_AfterTheReaderHasGone_ForgetsWhatItDidNotRead()
    {
        var path = scratch.Fifo("acks");
        using var acks = new FifoAcks(path);
        using (var reader = new PipeReader(path))
        {
            acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
            acks.CloseIfUnread();
            acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        }

        acks.CloseIfUnread();
        using var next = new PipeReader(path);
        next.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Write_ToAFullFifo_FailsWithoutBlocking()
    {
        var path = scratch.Fifo("acks");
        using var acks = new FifoAcks(path);
        using var reader = new PipeReader(path);
        var result = default(AckResult);
        for (var written = 0; written <= 1000 && result.Outcome != ReleaseOutcome.Failed; written++)
        {
            result = acks.Write(ack);
        }

        result.Outcome.ShouldBe(ReleaseOutcome.Failed);
        result.Reason.ShouldContain("is full");
        reader.Read().ShouldBe(ack);
    }

    [Fact]
    public void Write_ToAFile_Appends()
    {
        var path = scratch.Path("acks");
        File.WriteAllBytes(path, [1, 2]);
        using var acks = new FifoAcks(path);
        acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Acked);
        File.ReadAllBytes(path).ShouldBe([1, 2, .. ack, .. ack]);
    }

    [Fact]
    public void Write_ToNothing_FailsAndMakesNothing()
    {
        using var acks = new FifoAcks(scratch.Path("acks"));
        acks.Write(ack).Outcome.ShouldBe(ReleaseOutcome.Failed);
        File.Exists(scratch.Path("acks")).ShouldBeFalse();
    }

    [Fact]
    public void Write_ToAFullDisk_FailsAndSaysSo()
    {
        using var acks = new FifoAcks("/dev/full");
        var result = acks.Write(ack);
        result.Outcome.ShouldBe(ReleaseOutcome.Failed);
        result.Reason.ShouldContain("/dev/full");
    }
}
