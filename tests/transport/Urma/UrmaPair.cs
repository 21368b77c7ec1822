using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Urma;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes on the simulated liburma: A has a device for each rail, B one device with two addresses.</summary>
public sealed class UrmaPair : TransportPair
{
    public static readonly Instant NowAtA = new(1_000_000_000_000);
    public static readonly Instant NowAtB = new(77_000_000_000_000);

    private static int pairs;

    public UrmaPair()
    {
        Options = new UrmaTransportOptions
        {
            LibraryPath = Simulation.LibraryPath,
            // The samples were decided at whatever instant.
            FreshFor = TimeSpan.MaxValue,
            RedialFirst = TimeSpan.FromMilliseconds(5),
            RedialMax = TimeSpan.FromMilliseconds(100),
            LivesFor = TimeSpan.Zero,
            ProbeAfter = TimeSpan.FromMilliseconds(100),
            OpenWithin = TimeSpan.FromMilliseconds(500),
            LookAgainAfter = TimeSpan.FromMilliseconds(50),
            Jetty = new JettyId(JettyId.Min + (Interlocked.Increment(ref pairs) % 1000)),
            Clock = static () => NowAtA,
        };
        DevicesOfA = [Simulation.AddDevice(EidsOfA[0]), Simulation.AddDevice(EidsOfA[1])];
        DeviceOfB = Simulation.AddDevice(EidsOfB);
    }

    public override TransportKind Kind => TransportKind.Urma;

    public UrmaTransportOptions Options { get; private init; }

    /// <summary>Buffers of each port.</summary>
    public int Slots
    {
        init => Options = Options with { Slots = value };
    }

    /// <summary>How long an answer to a hello is waited for.</summary>
    public TimeSpan OpenWithin
    {
        init => Options = Options with { OpenWithin = value };
    }

    public Eid[] EidsOfA { get; } = [Simulation.NewEid(), Simulation.NewEid()];

    public Eid[] EidsOfB { get; } = [Simulation.NewEid(), Simulation.NewEid()];

    public string[] DevicesOfA { get; }

    public string DeviceOfB { get; }

    public UrmaTransport TransportA => (UrmaTransport)A;

    public UrmaTransport TransportB => (UrmaTransport)B;

    public override void Break(Die die) => Simulation.Command($"cut {EidsOfA[die.Value]} {EidsOfB[die.Value]}");

    public override void Heal(Die die) => Simulation.Command($"heal {EidsOfA[die.Value]} {EidsOfB[die.Value]}");

    public override ValueTask CleanAsync()
    {
        foreach (var device in (string[])[.. DevicesOfA, DeviceOfB])
        {
            Simulation.Command($"remove {device}");
        }

        return ValueTask.CompletedTask;
    }

    protected override ITransport CreateA() => NewA();

    public UrmaLinkAddress[] AddressesOfA =>
        [
            new UrmaLinkAddress(ToB(Die0), EidsOfA[0], EidsOfB[0]),
            new UrmaLinkAddress(ToB(Die1), EidsOfA[1], EidsOfB[1]),
            new UrmaLinkAddress(Self, EidsOfA[0], EidsOfA[0]),
        ];

    /// <summary>A transport of A's that this pair does not end.</summary>
    public UrmaTransport NewA() => new(NodeA, AddressesOfA, Options);

    protected override ITransport CreateB() => NewB();

    /// <summary>A transport of B's that this pair does not end.</summary>
    public UrmaTransport NewB() =>
        new(
            NodeB,
            [
                new UrmaLinkAddress(ToA(Die0), EidsOfB[0], EidsOfA[0]),
                new UrmaLinkAddress(ToA(Die1), EidsOfB[1], EidsOfA[1]),
            ],
            Options with
            {
                Clock = static () => NowAtB,
            }
        );
}
