using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Grpc;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes on addresses of 127/8, with a cable for each rail and direction of dialling.</summary>
public sealed class GrpcPair : TransportPair
{
    public const long NowAtANanoseconds = 1_000_000_000_000;
    public const long NowAtBNanoseconds = 77_000_000_000_000;

    private static readonly Func<Instant> ClockAtA = static () => new Instant(NowAtANanoseconds);
    private static readonly Func<Instant> ClockAtB = static () => new Instant(NowAtBNanoseconds);
    private static int pairs;

    private readonly IPEndPoint[] listenA;
    private readonly IPEndPoint[] listenB;

    public GrpcPair()
    {
        var pair = Interlocked.Increment(ref pairs);
        listenA = [Free(pair, 1), Free(pair, 2)];
        listenB = [Free(pair, 3), Free(pair, 4)];
        CablesToA = [new Cable(Free(pair, 5), listenA[0]), new Cable(Free(pair, 6), listenA[1])];
        CablesToB = [new Cable(Free(pair, 7), listenB[0]), new Cable(Free(pair, 8), listenB[1])];
    }

    public override TransportKind Kind => TransportKind.Grpc;

    /// <summary>What both are given; B gets another clock where this one stands still.</summary>
    public GrpcTransportOptions Options { get; init; } = Quick;

    /// <summary>Dials again soon.</summary>
    public static GrpcTransportOptions Quick { get; } =
        new()
        {
            // The samples were decided at whatever instant.
            FreshFor = TimeSpan.MaxValue,
            RedialFirst = TimeSpan.FromMilliseconds(5),
            RedialMax = TimeSpan.FromMilliseconds(100),
            LivesFor = TimeSpan.FromMilliseconds(5),
            Clock = ClockAtA,
        };

    /// <summary>Per die, for connections that B dials.</summary>
    public Cable[] CablesToA { get; }

    /// <summary>Per die, for connections that A dials.</summary>
    public Cable[] CablesToB { get; }

    public GrpcTransport TransportA => ((GrpcNode)A).Transport;

    public GrpcTransport TransportB => ((GrpcNode)B).Transport;

    /// <summary>Where A listens on die 0, without a cable.</summary>
    public IPEndPoint DoorOfA => listenA[0];

    /// <summary>Where A dials B.</summary>
    public GrpcLinkAddress[] AddressesOfB =>
        [Address(ToB(Die0), CablesToB[0].At, listenA[0]), Address(ToB(Die1), CablesToB[1].At, listenA[1])];

    private IEnumerable<Cable> Cables => [.. CablesToA, .. CablesToB];

    public override void Break(Die die)
    {
        CablesToA[die.Value].Cut();
        CablesToB[die.Value].Cut();
    }

    public override void Heal(Die die)
    {
        CablesToA[die.Value].Plug();
        CablesToB[die.Value].Plug();
    }

    public override ValueTask CleanAsync()
    {
        foreach (var cable in Cables)
        {
            cable.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    protected override ITransport CreateA() =>
        new GrpcNode(
            new GrpcTransport(NodeA, [.. AddressesOfB, Address(Self, listenA[0], listenA[0])], Options),
            listenA,
            CablesToA
        );

    protected override ITransport CreateB() =>
        new GrpcNode(
            new GrpcTransport(
                NodeB,
                [Address(ToA(Die0), CablesToA[0].At, listenB[0]), Address(ToA(Die1), CablesToA[1].At, listenB[1])],
                Options with
                {
                    Clock = Options.Clock == ClockAtA ? ClockAtB : Options.Clock,
                }
            ),
            listenB,
            CablesToB
        );

    private static GrpcLinkAddress Address(LinkId link, IPEndPoint peer, IPEndPoint own) =>
        HostPort.TryParse(peer.ToString(), out var at)
            ? new GrpcLinkAddress(link, at, own.Address)
            : throw new InvalidOperationException(peer.ToString());

    /// <summary>An address that no other test has, with a port that the kernel says is free there.</summary>
    private static IPEndPoint Free(int pair, int place)
    {
        var network = 100 + (Environment.ProcessId % 100);
        var address = IPAddress.Parse(
            string.Create(CultureInfo.InvariantCulture, $"127.{network}.{pair % 250}.{((pair / 250) * 10) + place}")
        );
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
