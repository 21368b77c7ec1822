using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes on windows in shared memory. UVB has no rails: for two of them each node has two CNAs.</summary>
public sealed class UvbPair : TransportPair
{
    public static readonly Instant NowAtA = new(1_000_000_000_000);
    public static readonly Instant NowAtB = new(77_000_000_000_000);

    public static readonly Cna[] CnasOfA = [new(1), new(0xfffffe)];
    public static readonly Cna[] CnasOfB = [new(11), new(0)];

    private readonly string folder = Directory.CreateTempSubdirectory("uvb").FullName;

    public UvbPair()
    {
        Options = new UvbTransportOptions
        {
            LibraryPath = Library,
            DevicePath = Device,
            // The samples were decided at whatever instant.
            FreshFor = TimeSpan.MaxValue,
            RedialFirst = TimeSpan.FromMilliseconds(5),
            RedialMax = TimeSpan.FromMilliseconds(100),
            LivesFor = TimeSpan.Zero,
            ProbeAfter = TimeSpan.FromMilliseconds(100),
            OpenWithin = TimeSpan.FromMilliseconds(500),
            LookAgainAfter = TimeSpan.FromMilliseconds(50),
            Clock = static () => NowAtA,
        };
    }

    /// <summary>The shim; skips the test where there is no C compiler to have built it.</summary>
    public static string Library
    {
        get
        {
            var path = Path.Combine(Simulation.Folder, "libcras_uvb.so");
            Assert.SkipUnless(File.Exists(path), "the UVB shim is not built: ./x build, with a C compiler");
            return path;
        }
    }

    public override TransportKind Kind => TransportKind.Uvb;

    public UvbTransportOptions Options { get; private init; }

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan CallWithin
    {
        init => Options = Options with { CallWithin = value };
    }

    /// <summary>What the shim opens.</summary>
    public string Device => $"shm:{folder}";

    public UvbTransport TransportA => (UvbTransport)A;

    public UvbLinkAddress[] AddressesOfA =>
        [
            new UvbLinkAddress(ToB(Die0), CnasOfA[0], CnasOfB[0]),
            new UvbLinkAddress(ToB(Die1), CnasOfA[1], CnasOfB[1]),
            new UvbLinkAddress(Self, CnasOfA[0], CnasOfA[0]),
        ];

    public UvbLinkAddress[] AddressesOfB =>
        [new UvbLinkAddress(ToA(Die0), CnasOfB[0], CnasOfA[0]), new UvbLinkAddress(ToA(Die1), CnasOfB[1], CnasOfA[1])];

    /// <summary>The file with the windows of a CNA.</summary>
    public string FileOf(Cna cna) => Path.Combine(folder, $"cna-{cna}");

    public override void Break(Die die) => File.WriteAllText(CutOf(die), "");

    public override void Heal(Die die) => File.Delete(CutOf(die));

    public override ValueTask CleanAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A transport of A's that this pair does not end.</summary>
    public UvbTransport NewA() => new(NodeA, AddressesOfA, Options);

    /// <summary>A transport of B's that this pair does not end.</summary>
    public UvbTransport NewB() => new(NodeB, AddressesOfB, Options with { Clock = static () => NowAtB });

    protected override ITransport CreateA() => NewA();

    protected override ITransport CreateB() => NewB();

    private string CutOf(Die die)
    {
        var (one, other) = (CnasOfA[die.Value].Value, CnasOfB[die.Value].Value);
        return Path.Combine(folder, $"cut-{Math.Min(one, other)}-{Math.Max(one, other)}");
    }
}
