using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Transport.Uvb;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>The protocol of a window, seen from outside: what lies in the file while a call is under way.</summary>
public sealed class UvbWindowTests
{
    private static readonly Cna Here = new(0x12345);
    private static readonly Cna There = new(0xabcde);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Request_LiesInTheWindowAsTheKernelWritesIt()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var there = Open(pair, There);
        using var window = new RawWindow(pair.FileOf(There), 0);
        byte[] words = [1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 9];

        var call = CallAsync(here, words, Long);
        await Until.SoAsync(() => window.ReceiverId != 0);

        window.Version.ShouldBe((byte)1);
        window.GrabWord.ShouldBe(0x2001_2345u);
        window.SenderId.ShouldBe(0x2001_2345u);
        window.ReceiverId.ShouldBe(0x100a_bcdeu);
        window.ForwarderId.ShouldBe(0x100a_bcdeu);
        window.MessageId.ShouldBe(0xC00C_5241u);
        window.InputSize.ShouldBe(9u);
        // 0x04030201 + 0xffffffff + 9, in 32 bits.
        window.InputSum.ShouldBe(0x0403_0209u);
        window.InputAddress.ShouldBe((ulong)window.BufferBegin);
        // The answer begins at the next multiple of 8.
        window.OutputAddress.ShouldBe((ulong)window.BufferBegin + 16);
        window.OutputSize.ShouldBe(16u);
        window.Buffer(0, 9).ShouldBe(words);

        // Taken and answered by hand, as another driver would.
        window.ReceiverId = 0;
        byte[] answer = [7, 0, 0, 0, 1];
        window.Put(16, answer);
        window.OutputSize = 5;
        window.OutputSum = 8;
        window.MessageId = ~0xC00C_5241u;
        var (status, got) = await call;
        status.ShouldBe(0);
        got.ShouldBe(answer);

        // And the window is nobody's, and empty.
        window.GrabWord.ShouldBe(0u);
        (window.MessageId, window.SenderId, window.ReceiverId, window.InputSize).ShouldBe((0u, 0u, 0u, 0u));
    }

    [Fact]
    public async Task Call_Taken_ClearsTheReceiverAndEndsWithTheIdInverted()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var window = new RawWindow(pair.FileOf(Here), 5);
        byte[] words = [1, 2, 3, 4, 5];
        Put(window, words, RawWindow.SumOf(words));
        var buffer = new byte[here.WindowBytes];

        here.Receive(buffer, Long, out var ticket, out var sender, out var length).ShouldBe(1);

        sender.ShouldBe(0x2000_0042u);
        buffer.AsSpan(0, length).ToArray().ShouldBe(words);
        window.ReceiverId.ShouldBe(0u);
        window.MessageId.ShouldBe(UvbPort.CallId);

        here.Reply(ticket, 0, [6, 7]);

        window.MessageId.ShouldBe(~UvbPort.CallId);
        window.Status.ShouldBe(0);
        window.OutputSize.ShouldBe(2u);
        window.OutputSum.ShouldBe(0x0706u);
        window.Buffer(8, 2).ShouldBe([6, 7]);
        // Letting go of it is the caller's.
        window.GrabWord.ShouldBe(0x2000_0042u);
    }

    [Fact]
    public async Task Call_WithAWrongSum_IsRefusedAndNotHandedUp()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var window = new RawWindow(pair.FileOf(Here), 0);
        byte[] words = [1, 2, 3, 4, 5];
        Put(window, words, RawWindow.SumOf(words) + 1);

        here.Receive(new byte[here.WindowBytes], TimeSpan.Zero, out _, out _, out _).ShouldBe(0);

        window.ReceiverId.ShouldBe(0u);
        window.MessageId.ShouldBe(~UvbPort.CallId);
        window.Status.ShouldBe(-22);
    }

    [Fact]
    public async Task Answer_WithAWrongSum_IsRefused()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var there = Open(pair, There);
        using var window = new RawWindow(pair.FileOf(There), 0);

        var call = CallAsync(here, [1], Long);
        await Until.SoAsync(() => window.ReceiverId != 0);
        window.ReceiverId = 0;
        window.OutputSize = 4;
        window.OutputSum = 1;
        window.MessageId = ~UvbPort.CallId;

        (await call).Status.ShouldBe(-22);
    }

    [Fact]
    public async Task Call_ThatNobodyAnswers_EndsAfterTheLimitAndLeavesTheWindow()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var there = Open(pair, There);
        using var window = new RawWindow(pair.FileOf(There), 0);
        var limit = new UvbTransportOptions().CallWithin;
        limit.ShouldBe(TimeSpan.FromMilliseconds(1200));
        var begun = Stopwatch.GetTimestamp();

        var (status, _) = await CallAsync(here, [1], limit);

        status.ShouldBe(-110);
        // Never before; how much later is the machine's.
        Stopwatch.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(limit);
        (window.GrabWord, window.MessageId, window.ReceiverId).ShouldBe((0u, 0u, 0u));
    }

    [Fact]
    public async Task Windows_AllGrabbed_AreBusy()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var there = Open(pair, There);
        for (var number = 0; number < 16; number++)
        {
            using var window = new RawWindow(pair.FileOf(There), number);
            window.GrabWord = 0x2000_0042;
        }

        (await CallAsync(here, [1], Long)).Status.ShouldBe(-16);
    }

    [Fact]
    public async Task Call_TooLargeForAWindow_IsRefused()
    {
        await using var pair = new UvbPair();
        using var here = Open(pair, Here);
        using var there = Open(pair, There);

        (await CallAsync(here, new byte[here.WindowBytes - 15], Long)).Status.ShouldBe(-75);
    }

    // As a kernel with CNA 0x42 would, receiver last.
    private static void Put(RawWindow window, ReadOnlySpan<byte> words, uint sum)
    {
        window.GrabWord = 0x2000_0042;
        window.Put(0, words);
        window.SenderId = 0x2000_0042;
        window.InputAddress = (ulong)window.BufferBegin;
        window.InputSize = (uint)words.Length;
        window.InputSum = sum;
        window.OutputSize = 16;
        window.MessageId = UvbPort.CallId;
        window.ReceiverId = 0x1000_0000 | Here.Value;
    }

    private static UvbPort Open(UvbPair pair, Cna cna)
    {
        UvbLibrary.TryOpen(UvbPair.Library, out var library, out var reason).ShouldBeTrue(reason);
        UvbPort.TryOpen(library, pair.Device, cna, out var port, out reason).ShouldBeTrue(reason);
        return port;
    }

    private static Task<(int Status, byte[] Answer)> CallAsync(UvbPort from, byte[] words, TimeSpan within) =>
        Task.Factory.StartNew(
            () =>
            {
                var answer = new byte[16].AsSpan();
                var status = from.Call(There, words, ref answer, within);
                return (status, answer.ToArray());
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
}
