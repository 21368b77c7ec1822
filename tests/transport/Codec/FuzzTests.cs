using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Foreign bytes: refused or read, never an exception. What is read can be said again.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 40_000;
    private static readonly Instant Now = Samples.Now;

    [Fact]
    public void Frame_CutAnywhere_NeverThrows()
    {
        foreach (var frame in Samples.Frames)
        {
            var bytes = FrameCodec.Encode(frame, Now);
            for (var length = 0; length < bytes.Length; length++)
            {
                Try(bytes.AsSpan(0, length));
            }
        }
    }

    [Fact]
    public void Frame_Mutated_NeverThrows()
    {
        var seed = Seed();
        var prng = new Prng(seed);
        var originals = Samples.Frames.Select(frame => FrameCodec.Encode(frame, Now)).ToArray();
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(originals[prng.Below(originals.Length)], prng);
            read += Try(bytes) ? 1 : 0;
        }

        // Otherwise the mutations would be too wild to reach anything behind the parser.
        read.ShouldBeInRange(Rounds / 100, Rounds - 1, $"seed {seed}");
    }

    [Fact]
    public void Frame_OfNoise_NeverThrows()
    {
        var prng = new Prng(Seed());
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[prng.Below(64)];
            Fill(bytes, prng);
            Try(bytes);
        }
    }

    [Fact]
    public void DiskBytes_Mutated_NeverThrow()
    {
        var prng = new Prng(Seed());
        var snapshot = SnapshotCodec.Encode(new Snapshot(new LogIndex(9), new Term(1), Samples.Entries));
        var hard = HardStateCodec.Encode(
            new HardState(Samples.Cluster, new Term(3), new Voter(new Fabric.NodeId(1), Samples.Disk))
        );
        var stored = StoredReportCodec.Encode(new StoredReport(Samples.Report, new DeviceRef(1, 2)));
        for (var round = 0; round < Rounds / 10; round++)
        {
            SnapshotCodec.TryDecode(Mutate(snapshot, prng), out _, out _);
            HardStateCodec.TryDecode(Mutate(hard, prng), out _, out _);
            StoredReportCodec.TryDecode(Mutate(stored, prng), out _, out _);
        }
    }

    private static bool Try(ReadOnlySpan<byte> bytes)
    {
        var isRead = FrameCodec.TryDecode(bytes, Now, out var frame, out var reason);
        (frame is not null).ShouldBe(isRead);
        (reason is null).ShouldBe(isRead);
        if (frame is not null)
        {
            FrameCodec.TryDecode(FrameCodec.Encode(frame, Now), Now, out var again, out var why).ShouldBeTrue(why);
            again.ShouldBe(frame with { SentAt = Now });
        }

        return isRead;
    }

    private static byte[] Mutate(byte[] original, Prng prng)
    {
        var bytes = original.ToArray();
        for (var count = 1 + prng.Below(3); count > 0; count--)
        {
            switch (prng.Below(4))
            {
                case 0 when bytes.Length > 0:
                    bytes[prng.Below(bytes.Length)] ^= (byte)(1 << (int)prng.Below(8));
                    break;
                case 1 when bytes.Length > 0:
                    bytes[prng.Below(bytes.Length)] = (byte)prng.NextBits();
                    break;
                case 2:
                    bytes = bytes[..(int)prng.Below(bytes.Length + 1)];
                    break;
                default:
                    var at = (int)prng.Below(bytes.Length + 1);
                    bytes = [.. bytes[..at], (byte)prng.NextBits(), .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }

    private static void Fill(byte[] bytes, Prng prng)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)prng.NextBits();
        }
    }

    private ulong Seed()
    {
        var seed = Environment.GetEnvironmentVariable("FUZZ_SEED") is { } text
            ? ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : (ulong)Environment.TickCount64;
        output.WriteLine($"FUZZ_SEED={seed}");
        return seed;
    }
}
