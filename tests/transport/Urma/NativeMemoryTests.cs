using System.Runtime.InteropServices;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Urma;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>Tests that count what the whole process does, so nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What the URMA wire takes, and that it gives it back.</summary>
[Collection(nameof(Alone))]
public sealed partial class NativeMemoryTests
{
    private static readonly Die Die0 = TransportPair.Die0;

    [Fact]
    public async Task Pairs_OpenedAndClosedAThousandTimes_LeaveNothing()
    {
        const int Rounds = 4;
        const int Times = 250;
        await CycleAsync(Times);
        var before = (UrmaHandle.OpenCount, UrmaPort.BytesHeld, StagingBuffer.BytesHeld);
        var (heap, descriptors) = (long.MaxValue, int.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var (heapBefore, descriptorsBefore) = (NativeHeapBytes(), Descriptors());
            await CycleAsync(Times);
            heap = Math.Min(heap, NativeHeapBytes() - heapBefore);
            descriptors = Math.Min(descriptors, Descriptors() - descriptorsBefore);
        }

        (UrmaHandle.OpenCount, UrmaPort.BytesHeld, StagingBuffer.BytesHeld).ShouldBe(before);
        // The compiler and the collector of the runtime have some MiB more or less of the same heap from one moment to the next; what
        // a pair leaves would be there after every round, and one page each is more than this.
        heap.ShouldBeLessThan(Times * 4096);
        descriptors.ShouldBeLessThan(Times / 25);
    }

    [Fact]
    public async Task Messages_OnAPort_AllocateNothing()
    {
        const int Messages = 10_000;
        await using var pair = new UrmaPair();
        UrmaLibrary.TryOpen(pair.Options.LibraryPath, out var library, out var why).ShouldBeTrue(why);
        var counting = new CountingOwner();
        using var a = Open(library, counting, pair.EidsOfA[0], pair.Options.Jetty);
        using var b = Open(library, counting, pair.EidsOfB[0], pair.Options.Jetty);
        using var target = a.TryImport(pair.EidsOfB[0], pair.Options.Jetty, out _)!;
        Send(Messages / 10);

        counting.Begin();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(Messages);

        // A lock makes its event when it is first waited for; nothing is made for a message.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Messages / 10);
        counting.Allocated.ShouldBeLessThan(Messages / 10);

        void Send(int count)
        {
            var from = counting.Received;
            for (var sent = 0; sent < count; sent++)
            {
                int slot;
                while ((slot = a.TakeSlot()) < 0)
                {
                    Thread.Yield();
                }

                a.Post(slot, 512, target, counting, 0).ShouldBeTrue();
            }

            while (counting.Received - from < count)
            {
                Thread.Yield();
            }
        }
    }

    [Fact]
    public async Task Frames_AllocateNothingBesideTheCodec()
    {
        const int Frames = 5_000;
        await using var pair = new UrmaPair();
        var sink = new CountingSink();
        await using var a = new UrmaTransport(
            TransportPair.NodeA,
            [new UrmaLinkAddress(pair.ToB(Die0), pair.EidsOfA[0], pair.EidsOfB[0])],
            pair.Options
        );
        await pair.StartBAsync();
        await pair.StopBAsync();
        await using var b = new UrmaTransport(
            TransportPair.NodeB,
            [new UrmaLinkAddress(pair.ToA(Die0), pair.EidsOfB[0], pair.EidsOfA[0])],
            pair.Options
        );
        await a.StartAsync(new RecordingSink(), CancellationToken.None);
        await b.StartAsync(sink, CancellationToken.None);
        // More than a queue holds: of two that say the same an overload drops one.
        var frames = Enumerable.Range(0, 2 * LinkQueue.FramesMaxDefault).Select(Said.Word).ToArray();
        await Until.SoAsync(() => a.Send(pair.ToB(Die0), frames[^1]) == SendOutcome.Queued);
        await SendAsync(Frames / 4);
        var codec = CodecBytes(frames[1], Frames);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync(Frames);
        var all = GC.GetTotalAllocatedBytes(precise: true) - before;

        ((all - codec) / (double)Frames).ShouldBeLessThan(8.0, $"{all} bytes in all, {codec} of the codec");

        Task SendAsync(int count) =>
            Task.Run(() =>
            {
                var from = sink.Received;
                for (var sent = 0; sent < count; )
                {
                    if (a.Send(pair.ToB(Die0), frames[sent % frames.Length]) == SendOutcome.Queued)
                    {
                        sent++;
                    }
                    else
                    {
                        Thread.Yield();
                    }
                }

                while (sink.Received - from < count)
                {
                    Thread.Yield();
                }
            });
    }

    private static long CodecBytes(Frame frame, int count)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            buffer.ResetWrittenCount();
            FrameCodec.Encode(frame, UrmaPair.NowAtA, buffer);
            FrameCodec.TryDecode(buffer.WrittenSpan, UrmaPair.NowAtA, out _, out _);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static UrmaPort Open(UrmaLibrary library, IUrmaPortOwner owner, Eid eid, JettyId jetty) =>
        UrmaPort.TryOpen(library, owner, Die0, eid, jetty, 512, out var reason)
        ?? throw new InvalidOperationException(reason);

    private static async Task CycleAsync(int times)
    {
        await using var pair = new UrmaPair { Slots = 64 };
        for (var i = 0; i < times; i++)
        {
            await pair.StartBAsync();
            var a = pair.NewA();
            var sink = new RecordingSink();
            await a.StartAsync(sink, CancellationToken.None);
            await sink.WaitForAsync(new Noted.Opened(pair.ToB(Die0)));
            a.Send(pair.ToB(Die0), Said.LargeAppend(1, 10_000));
            await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
            await a.DisposeAsync();
            await pair.StopBAsync();
        }
    }

    /// <summary>What is allocated of the C library's heap, the library's own part and ours.</summary>
    internal static long NativeHeapBytes()
    {
        var info = mallinfo2();
        return (long)(info.InUse + info.Mapped);
    }

    [LibraryImport("libc")]
    private static partial MallocInfo mallinfo2();

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    // Of its ten members, the two that say what is in use.
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct MallocInfo
    {
        [FieldOffset(32)]
        public nuint Mapped;

        [FieldOffset(56)]
        public nuint InUse;
    }

    private sealed class CountingSink : ITransportSink
    {
        private int received;

        public int Received => Volatile.Read(ref received);

        public void Opened(LinkId link) { }

        public void Closed(LinkId link, LinkLoss loss) { }

        public ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop)
        {
            Interlocked.Increment(ref received);
            return ValueTask.CompletedTask;
        }

        public void Dropped(LinkId link, string reason) { }
    }

    /// <summary>Sums what the two ports' threads allocate between a message and the next.</summary>
    private sealed class CountingOwner : IUrmaPortOwner
    {
        [ThreadStatic]
        private static long last;

        [ThreadStatic]
        private static int lastEra;

        private int era;
        private int received;
        private long allocated;

        public int Received => Volatile.Read(ref received);

        public long Allocated => Interlocked.Read(ref allocated);

        public void Begin() => Interlocked.Increment(ref era);

        public void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty)
        {
            port.Repost(slot);
            Count();
            Interlocked.Increment(ref received);
        }

        public void Sent(UrmaPort port, object owner, uint tag, UrmaStatus status) => Count();

        public void SlotsFree(UrmaPort port) { }

        public void Tick(UrmaPort port) { }

        public void Lost(UrmaPort port, string reason) { }

        private void Count()
        {
            var now = GC.GetAllocatedBytesForCurrentThread();
            if (lastEra == Volatile.Read(ref era))
            {
                Interlocked.Add(ref allocated, now - last);
            }

            lastEra = Volatile.Read(ref era);
            last = now;
        }
    }
}
