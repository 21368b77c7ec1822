using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Versioning;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class SentryFifoTests
{
    public static TheoryData<DeviceRecordLayout> Layouts => [DeviceRecordLayout.A, DeviceRecordLayout.B];

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Start_WhereNothingIs_MakesBothFifosForTheOwnerOnly()
    {
        await using var test = new SourceUnderTest();
        test.WaitForLine("source.opened");
        foreach (var path in new[] { test.RecordsPath, test.AcksPath })
        {
            LibC.Identify(path, out _)!.Value.Type.ShouldBe(FileType.Fifo);
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            test.Lines.ShouldContain($"source.fifo_made: Made the FIFO {path} (mode 0600)");
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Record_OfAWaitingKernel_IsRaisedAndAnsweredInItsLayout(DeviceRecordLayout layout)
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        using var acks = new PipeReader(test.AcksPath);
        var started = (ulong)Stopwatch.GetTimestamp();
        var bytes = Panic(startNs: started).Bytes(layout);
        writer.Write(bytes);
        var raised = test.Next<Input.Raised>();
        raised.Device.ShouldBe(new DeviceRef(test.Source.Number, 1, KeepsCopies: false));
        raised.Report.Words.Tag.ShouldBe(17);
        raised.Report.RaisedAt.ShouldBe(new Instant((long)started));
        test.Release(raised, result: 5).ShouldBe(ReleaseOutcome.Acked);
        var ack = acks.Read();
        ack[..80].ShouldBe(bytes[..80]);
        BinaryPrimitives.ReadUInt64LittleEndian(ack.AsSpan(80)).ShouldBe(5ul);
        test.Tally.Releases[ReleaseOutcome.Acked].ShouldBe(1);
    }

    [Fact]
    public async Task Record_OfTheVectors_IsRaisedOrRefusedAsTheCodecSays()
    {
        await using var test = new SourceUnderTest();
        test.SetClock(new Instant(200_000_000));
        using var writer = test.Writer();
        using var acks = new PipeReader(test.AcksPath);
        var refused = 0;
        foreach (var (name, bytes) in Recorded())
        {
            writer.Write(bytes);
            if (DeviceRecordCodec.Read(bytes) is DeviceRecordReading.Taken taken)
            {
                var raised = test.Next<Input.Raised>();
                raised.Report.Id.ShouldBe(Here.Name(taken.Record), name);
                if (raised.Report.Words.Waiter != Waiter.Nobody)
                {
                    test.Release(raised, 7).ShouldBe(ReleaseOutcome.Acked, name);
                    acks.Read().ShouldBe(DeviceRecordCodec.WriteAck(bytes, 7), name);
                }
            }
            else
            {
                refused++;
                Eventually.True(() => test.Tally.Refused.Values.Sum() == refused, name);
            }
        }

        test.Tally.Read.ShouldBe(38 - refused);
        test.Tally.Raised.ShouldBe(test.Tally.Read);
        refused.ShouldBe(3);
    }

    [Theory]
    [InlineData(1ul, 1, 0)]
    [InlineData(999ul, 999, 0)]
    [InlineData(1000ul, 1000, 0)]
    [InlineData(1001ul, 1000, 1)]
    public async Task Record_WithAShortWindow_IsAnsweredInItAndNotAfterIt(ulong timeoutMs, long windowMs, int tag)
    {
        await using var test = new SourceUnderTest();
        test.SetClock(Now);
        using var writer = test.Writer();
        using var acks = new PipeReader(test.AcksPath);
        writer.Write(Panic(timeoutMs: timeoutMs, startNs: 0).Bytes());
        var raised = test.Next<Input.Raised>();
        raised.Report.Words.WindowMs.ShouldBe(windowMs);
        raised.Report.Words.Tag.ShouldBe(tag);
        var ends = raised.Report.WindowEnds!.Value;
        test.SetClock(ends);
        test.Release(raised).ShouldBe(ReleaseOutcome.Acked);
        acks.Read();
        test.SetClock(ends.Next);
        test.Release(raised).ShouldBe(ReleaseOutcome.Late);
        acks.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Record_ExpiredBeforeItWasRead_IsRaisedAllTheSame()
    {
        await using var test = new SourceUnderTest();
        test.SetClock(Now);
        using var writer = test.Writer();
        writer.Write(Panic(timeoutMs: 1000, startNs: 1).Bytes());
        var raised = test.Next<Input.Raised>();
        raised.Report.WindowEnds.ShouldBe(new Instant(1_000_000_001));
        test.Release(raised).ShouldBe(ReleaseOutcome.Late);
    }

    [Fact]
    public async Task Record_OfAKindThatIsOff_IsCountedAndNamedOnce()
    {
        await using var test = new SourceUnderTest(kinds: new HashSet<EventKind> { EventKind.Panic });
        using var writer = test.Writer();
        writer.Write(PowerOff(1).Bytes());
        writer.Write(PowerOff(2).Bytes());
        writer.Write(Panic(3).Bytes());
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(3ul);
        test.Tally.Off[EventKind.PowerOff].ShouldBe(2);
        test.Tally.Read.ShouldBe(3);
        test.Tally.Raised.ShouldBe(1);
        test.Lines.Count(line => line.StartsWith("source.kind_off", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Record_WithNoKindSet_IsNotRaised()
    {
        await using var test = new SourceUnderTest(kinds: new HashSet<EventKind>());
        using var writer = test.Writer();
        writer.Write(Panic().Bytes());
        Eventually.True(() => test.Tally.Off.GetValueOrDefault(EventKind.Panic) == 1, "not counted");
        test.InboxIsEmpty();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(87)]
    [InlineData(1)]
    public async Task Write_TooShort_IsNamedAndTheNextRecordIsReadRight(int length)
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        foreach (var layout in new[] { DeviceRecordLayout.A, DeviceRecordLayout.B })
        {
            var before = test.Tally.Refused.GetValueOrDefault(DeviceRecordRefusal.WrongLength);
            var cut = Panic(1).Bytes(layout)[..length];
            writer.Write(cut);
            Eventually.True(() => test.Tally.Refused.Values.Sum() == before + 1, "not counted");
            writer.Write(Panic(2).Bytes(layout));
            test.Next<Input.Raised>().Report.Id.High.ShouldBe(2ul);

            // In one write, as two that come before the reader is there.
            writer.Write([.. cut, .. Panic(3).Bytes(layout)]);
            test.Next<Input.Raised>().Report.Id.High.ShouldBe(3ul);
            Eventually.True(() => test.Tally.Refused[DeviceRecordRefusal.WrongLength] == before + 2, "not counted");
            test.WaitForLine(
                $"{length} bytes instead of 88; begins with {Convert.ToHexStringLower(cut[..Math.Min(16, length)])}"
            );
        }

        test.InboxIsEmpty();
    }

    [Fact]
    public async Task Write_OfOtherLengths_GivesTheRecordsInIt()
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        writer.Write();
        writer.Write([.. Panic(1).Bytes(), .. Panic(9).Bytes()[..40]]);
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(1ul);
        writer.Write([.. Panic(2).Bytes(), .. Panic(3).Bytes(DeviceRecordLayout.A)]);
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(2ul);
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(3ul);
        writer.Write([.. Panic(4).Bytes(), 0x0a]);
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(4ul);
        writer.Write([.. Enumerable.Repeat((byte)0xee, 1000)]);
        writer.Write(Panic(5).Bytes());
        test.Next<Input.Raised>().Report.Id.High.ShouldBe(5ul);
        test.InboxIsEmpty();
    }

    [Fact]
    public async Task Garbage_InAFlood_IsNotNamedEachTime()
    {
        await using var test = new SourceUnderTest();
        using var writer = test.Writer();
        for (var i = 1; i <= 50; i++)
        {
            writer.Write(new byte[88]);
            Eventually.True(
                () => test.Tally.Refused.GetValueOrDefault(DeviceRecordRefusal.NoMsgid) == i,
                "not counted"
            );
        }

        test.Lines.Count(line => line.StartsWith("source.record_refused", StringComparison.Ordinal)).ShouldBe(16);
    }

    [Fact]
    public async Task Fifo_Replaced_IsOpenedAnewAndOldAnswersAreDropped()
    {
        await using var test = new SourceUnderTest();
        Input.Raised raised;
        using (var writer = test.Writer())
        {
            writer.Write(Panic(startNs: 0).Bytes());
            raised = test.Next<Input.Raised>();
        }

        File.Delete(test.RecordsPath);
        var reopened = new DeviceRef(test.Source.Number, 2, KeepsCopies: false);
        test.Next<Input.DeviceReopened>().Device.ShouldBe(reopened);
        test.Release(raised).ShouldBe(ReleaseOutcome.Overtaken);
        using var again = test.Writer();
        again.Write(Panic(startNs: 0).Bytes());
        test.Next<Input.Raised>().Device.ShouldBe(reopened);
        test.WaitForLine("source.gone");
    }

    [Fact]
    public async Task Path_OfAFile_IsRefusedOnceAndTriedAgain()
    {
        await using var test = new SourceUnderTest(before: path => File.WriteAllText(path, "no device"));
        test.WaitForLine("it is neither a character device nor a FIFO (Regular)");
        File.ReadAllText(test.RecordsPath).ShouldBe("no device");
        File.Delete(test.RecordsPath);
        using var writer = test.Writer();
        test.Lines.Count(line => line.StartsWith("source.not_opened", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Dispose_InTheMiddleOfARead_EndsBothThreads()
    {
        var test = new SourceUnderTest(with: options => options with { KickEvery = TimeSpan.FromHours(1) });
        test.WaitForLine("source.opened");
        Eventually.True(() => test.ThreadCount == 2, "two threads");
        await test.DisposeAsync().AsTask().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Eventually.True(() => test.ThreadCount == 0, "a thread is left");
        test.Lines.ShouldNotContain(line => line.StartsWith("source.stuck", StringComparison.Ordinal));
    }
}
