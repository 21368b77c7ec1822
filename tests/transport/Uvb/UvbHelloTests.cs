using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>How a session comes about, and how not, with a peer that the test plays by hand.</summary>
public sealed class UvbHelloTests
{
    private const uint PeerTag = 9;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly Die Die0 = TransportPair.Die0;

    [Fact]
    public async Task Peer_ThatAnswersButNeverCalls_IsNoOpenLink()
    {
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);
        await pair.StartAAsync();

        // A second hello follows the first that led to nothing.
        Take(b, PacketKind.Hello, UvbStatus.Done).ShouldBe(Take(b, PacketKind.Hello, UvbStatus.Done));

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        pair.AtA.All.ShouldNotContain(new Noted.Opened(pair.ToB(Die0)));
        pair.TransportA.WhyNot(pair.ToB(Die0)).ShouldBe("it answers, but does not call");
    }

    [Fact]
    public async Task Peer_AnsweredAndHeard_IsAnOpenLinkThatTakesItsTagOnly()
    {
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);

        var tag = await OpenAsync(pair, b);

        Say(b, new UvbPacket(PacketKind.Probe, 0, PeerTag, tag, 0, 0, 0)).ShouldBe(UvbStatus.Done);
        Say(b, new UvbPacket(PacketKind.Probe, 0, PeerTag, tag + 1, 0, 0, 0)).ShouldBe(UvbStatus.Stale);
        Say(b, new UvbPacket(PacketKind.Probe, 0, PeerTag + 1, tag, 0, 0, 0)).ShouldBe(UvbStatus.Stale);
    }

    [Fact]
    public async Task Hello_ThatFailedWhileThePeersWasHeard_IsSaidWithAnotherTag()
    {
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);
        await pair.StartAAsync();

        // The peer has heard it, and believes in the session; but its answer does not arrive.
        var first = Take(b, PacketKind.Hello, UvbStatus.Invalid, between: () => SayHello(b, PeerTag));
        var second = Take(b, PacketKind.Hello, UvbStatus.Done);

        second.ShouldNotBe(first);
        Say(b, new UvbPacket(PacketKind.Probe, 0, PeerTag, first, 0, 0, 0)).ShouldBe(UvbStatus.Stale);
    }

    [Fact]
    public async Task Peer_ThatSendsMoreThanItMay_IsClosed()
    {
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);
        pair.AtA.Hold();
        var tag = await OpenAsync(pair, b);
        var answering = AnswerAllAsync(b);

        // The first is being handed up, and sixteen wait.
        var frame = FrameCodec.Encode(Said.Word(1), Instant.Zero);
        byte[] part = [.. BitConverter.GetBytes(frame.Length), .. frame];
        var status = UvbStatus.Done;
        for (uint number = 0; status == UvbStatus.Done; number++)
        {
            number.ShouldBeLessThanOrEqualTo(17u);
            status = Say(b, new UvbPacket(PacketKind.Data, 0, PeerTag, tag, number, 0, 0), part);
        }

        status.ShouldBe(UvbStatus.NoRoom);
        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Closed));
        b.Stop();
        await answering;
    }

    [Fact]
    public async Task Part_ThatNamesAFrameLongerThanAny_ClosesTheLink()
    {
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);
        var tag = await OpenAsync(pair, b);
        var answering = AnswerAllAsync(b);

        Say(b, new UvbPacket(PacketKind.Data, 0, PeerTag, tag, 0, 0, 0), 1, 0, 0x40, 0).ShouldBe(UvbStatus.Done);

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Closed));
        b.Stop();
        await answering;
    }

    [Fact]
    public async Task Calls_OfNonsense_AreRefusedAndChangeNothing()
    {
        var seed = Environment.GetEnvironmentVariable("FUZZ_SEED") is { } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : (ulong)Random.Shared.NextInt64();
        TestContext.Current.TestOutputHelper?.WriteLine($"FUZZ_SEED={seed}");
        var prng = new Prng(seed);
        await using var pair = new UvbPair { CallWithin = Long };
        using var b = Open(pair);
        var tag = await OpenAsync(pair, b);
        var answering = AnswerAllAsync(b);

        for (var times = 0; times < 500; times++)
        {
            byte[] bytes = [.. Enumerable.Range(0, (int)prng.Below(200)).Select(_ => (byte)prng.NextBits())];
            if (times % 2 == 0 && bytes.Length >= UvbPacket.Size)
            {
                // As ours, but from nobody's tag.
                new UvbPacket((PacketKind)(1 + prng.Below(5)), (byte)prng.Below(2), 0, tag, 0, 0, 0).Write(bytes);
            }

            var answer = new byte[UvbAnswer.Size].AsSpan();
            b.Call(UvbPair.CnasOfA[0], bytes, ref answer, Long).ShouldBeOneOf(UvbStatus.Invalid, UvbStatus.Stale);
        }

        pair.AtA.SinceOpen(pair.ToB(Die0)).ShouldBeEmpty();
        b.Stop();
        await answering;
    }

    /// <summary>Starts A, and has it open its link to the peer that the test plays.</summary>
    /// <returns>A's tag.</returns>
    private static async Task<uint> OpenAsync(UvbPair pair, UvbPort b)
    {
        await pair.StartAAsync();
        var tag = Take(b, PacketKind.Hello, UvbStatus.Done);
        SayHello(b, PeerTag).ShouldBe(UvbStatus.Done);
        await pair.AtA.WaitForAsync(new Noted.Opened(pair.ToB(Die0)));
        return tag;
    }

    /// <summary>As a peer that is there: all calls are answered until it is stopped.</summary>
    private static Task AnswerAllAsync(UvbPort port) =>
        Task.Factory.StartNew(
            () =>
            {
                var buffer = new byte[port.WindowBytes];
                var answer = new byte[UvbAnswer.Size];
                new UvbAnswer(PeerTag, 0, 0, 16, 8).Write(answer);
                while (port.Receive(buffer, Long, out var ticket, out _, out _) > 0)
                {
                    port.Reply(ticket, UvbStatus.Done, answer);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static UvbPort Open(UvbPair pair)
    {
        UvbLibrary.TryOpen(UvbPair.Library, out var library, out var reason).ShouldBeTrue(reason);
        UvbPort.TryOpen(library, pair.Device, UvbPair.CnasOfB[0], out var port, out reason).ShouldBeTrue(reason);
        return port;
    }

    /// <summary>Takes the next call of this kind, and answers it so; others are answered, too.</summary>
    /// <returns>The caller's tag.</returns>
    private static uint Take(UvbPort port, PacketKind kind, int status, Action? between = null)
    {
        var buffer = new byte[port.WindowBytes];
        Span<byte> answer = stackalloc byte[UvbAnswer.Size];
        new UvbAnswer(PeerTag, 0, 0, 16, 8).Write(answer);
        while (true)
        {
            port.Receive(buffer, Long, out var ticket, out _, out var length).ShouldBe(1);
            UvbPacket.TryRead(buffer.AsSpan(0, length), out var packet).ShouldBeTrue();
            if (packet.Kind == kind)
            {
                between?.Invoke();
                port.Reply(ticket, status, status == UvbStatus.Done ? answer : default);
                return packet.From;
            }

            port.Reply(ticket, UvbStatus.Done, answer);
        }
    }

    private static int SayHello(UvbPort port, uint tag)
    {
        var names = new byte[UvbNames.Size];
        new UvbNames((ushort)TransportPair.NodeB.Value, (ushort)TransportPair.NodeA.Value, 0).Write(names);
        return Say(port, new UvbPacket(PacketKind.Hello, 0, tag, 0, 0, 0, 0), names);
    }

    private static int Say(UvbPort port, UvbPacket packet, params ReadOnlySpan<byte> body)
    {
        var bytes = new byte[UvbPacket.Size + body.Length];
        packet.Write(bytes);
        body.CopyTo(bytes.AsSpan(UvbPacket.Size));
        Span<byte> answer = stackalloc byte[UvbAnswer.Size];
        return port.Call(UvbPair.CnasOfA[0], bytes, ref answer, Long);
    }
}
