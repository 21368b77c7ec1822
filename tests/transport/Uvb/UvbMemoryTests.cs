using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>What the UVB wire takes, and that it gives it back.</summary>
[Collection(nameof(Alone))]
public sealed class UvbMemoryTests
{
    [Fact]
    public async Task Pairs_OpenedAndClosedAThousandTimes_LeaveNothing()
    {
        const int Rounds = 4;
        const int Times = 250;
        await CycleAsync(Times);
        var handles = UvbHandle.OpenCount;
        var (heap, descriptors, threads, mapped) = (long.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var before = (Heap: NativeMemoryTests.NativeHeapBytes(), Descriptors(), Threads(), Mapped());
            await CycleAsync(Times);
            heap = Math.Min(heap, NativeMemoryTests.NativeHeapBytes() - before.Heap);
            descriptors = Math.Min(descriptors, Descriptors() - before.Item2);
            threads = Math.Min(threads, Threads() - before.Item3);
            mapped = Math.Min(mapped, Mapped() - before.Item4);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"per {Times} cycles at least: heap {heap} B, descriptors {descriptors}, threads {threads}, windows mapped {mapped}"
        );
        UvbHandle.OpenCount.ShouldBe(handles);
        // Each handle maps windows of its own and of its peers: one that is left would be there for every cycle.
        mapped.ShouldBe(0);
        // The runtime has some MiB more or less of the same heap from one moment to the next; one page each is more than this.
        heap.ShouldBeLessThan(Times * 4096);
        descriptors.ShouldBeLessThan(Times / 25);
        threads.ShouldBeLessThan(Times / 25);
    }

    private static async Task CycleAsync(int times)
    {
        await using var pair = new UvbPair();
        for (var i = 0; i < times; i++)
        {
            await pair.StartBAsync();
            var a = pair.NewA();
            var sink = new RecordingSink();
            await a.StartAsync(sink, CancellationToken.None);
            await sink.WaitForAsync(new Noted.Opened(pair.ToB(TransportPair.Die0)));
            a.Send(pair.ToB(TransportPair.Die0), Said.LargeAppend(1, 10_000));
            await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 1);
            await a.DisposeAsync();
            await pair.StopBAsync();
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int Threads() => Directory.GetFileSystemEntries("/proc/self/task").Length;

    private static int Mapped() =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains("/cna-", StringComparison.Ordinal));
}
