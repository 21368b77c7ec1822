using ClusterRas.Protocol;
using ClusterRas.Sentry;
using static ClusterRas.Node.Sources.Tests.Records;

namespace ClusterRas.Node.Sources.Tests;

public class RecordSplitTests
{
    private static readonly byte[] Whole = Panic().Bytes();

    private static byte[] Garbage(int length) => [.. Enumerable.Repeat((byte)0xee, length)];

    /// <summary>As a line: the msgid of a record, else the length of what is dropped.</summary>
    private static string Split(params byte[][] writes)
    {
        var bytes = writes.SelectMany(write => write).ToArray();
        var pieces = RecordSplit.Split(bytes, Now);
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.Offset.ShouldBe(at, "a gap, or an overlap");
            at += piece.Length;
        }

        at.ShouldBe(bytes.Length);
        return string.Join(
            ' ',
            pieces.Select(piece =>
                piece.Reading is DeviceRecordReading.Taken taken ? $"#{taken.Record.Msgid}" : $"{piece.Length}"
            )
        );
    }

    public static TheoryData<DeviceRecordLayout> Layouts => [DeviceRecordLayout.A, DeviceRecordLayout.B];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Split_OfCutAndWholeWrites_FindsTheWholeOnes(DeviceRecordLayout layout)
    {
        var first = Panic(1).Bytes(layout);
        var second = PowerOff(2).Bytes(layout);
        foreach (var (one, other) in new[] { (first, second), (second, first) })
        {
            var (a, b) = one == first ? ("#1", "#2") : ("#2", "#1");
            Split(one).ShouldBe(a);
            Split(one, other).ShouldBe($"{a} {b}");
            Split(one[..40]).ShouldBe("40");
            Split(one[..40], other).ShouldBe($"40 {b}");
            Split(one, other[..40]).ShouldBe($"{a} 40");
            Split(one[..87]).ShouldBe("87");
            Split(one[..87], other).ShouldBe($"87 {b}");
            Split(one, other[..87]).ShouldBe($"{a} 87");
            Split(one, [0]).ShouldBe($"{a} 1");
            Split(one, [0x0a]).ShouldBe($"{a} 1");
            Split([0], one).ShouldBe($"1 {a}");
            Split([0x0a], one).ShouldBe($"1 {a}");
            Split(one, other[..40], one).ShouldBe($"{a} 40 {a}");
            Split(one[..40], other[..40], one).ShouldBe($"80 {a}");
        }

        Split(first[..40], second[..48], first).ShouldBe("88 #1");
        var third = Panic(3).Bytes(layout);
        Split(first[..87], third, first[..3], third).ShouldBe("87 #3 3 #3");
    }

    [Fact]
    public void Split_OfNothing_IsNothing() => Split([]).ShouldBe("");

    [Theory]
    [InlineData(1, "1")]
    [InlineData(87, "87")]
    [InlineData(88, "88")]
    [InlineData(89, "1 88")]
    [InlineData(176, "88 88")]
    [InlineData(177, "1 88 88")]
    public void Split_OfGarbage_GivesNoRecord(int length, string expected)
    {
        Split(Garbage(length)).ShouldBe(expected);
        Split(new byte[length]).ShouldBe(expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(87)]
    [InlineData(88)]
    [InlineData(89)]
    [InlineData(1000)]
    public void Split_OfGarbageAroundARecord_FindsIt(int length)
    {
        foreach (var junk in new[] { Garbage(length), new byte[length] })
        {
            Split(junk, Whole).ShouldEndWith("#19");
            Split(Whole, junk).ShouldStartWith("#19");
            Split(junk, Whole, junk).Split(' ').ShouldContain("#19");
        }
    }

    // A kernel may leave what it likes where nothing has a meaning; alone in its read such a record is taken as it is.
    [Fact]
    public void Split_OfRecordWithAnUnusedByteSet_TakesIt()
    {
        var odd = PowerOff().Bytes();
        odd[50] = 1;
        Split(odd).ShouldBe("#17");
        Split(odd, Whole).ShouldBe("#17 #19");
        Split(odd, odd).ShouldBe("#17 #17");
        Split(odd, Whole[..40]).ShouldBe("#17 40");
    }

    [Fact]
    public void Split_OfAFullPipe_TakesNotLong()
    {
        var full = Enumerable.Repeat(Whole, 744).SelectMany(bytes => bytes).Concat(Whole[..64]).ToArray();
        RecordSplit.Split(full, Now).Count(piece => piece.Reading is DeviceRecordReading.Taken).ShouldBe(744);
        RecordSplit.Split(Garbage(65536), Now).Sum(piece => piece.Length).ShouldBe(65536);
    }

    [Fact]
    public void Split_OfRecordedRecordsInOneRead_FindsAllOfThem()
    {
        var recorded = Recorded().Where(v => DeviceRecordCodec.Read(v.Bytes) is DeviceRecordReading.Taken).ToList();
        var read = RecordSplit.Split(recorded.SelectMany(v => v.Bytes).ToArray(), Now);
        read.Select(piece => piece.Reading).ShouldBe(recorded.Select(v => DeviceRecordCodec.Read(v.Bytes)));
    }

    // The newest claim of a broken clock must not stop a record from being found where it stands alone.
    [Fact]
    public void Split_OfRecordWithAStartInTheFuture_TakesIt() =>
        Split(Panic(5, startNs: ulong.MaxValue).Bytes(), Whole).ShouldBe("#5 #19");
}
