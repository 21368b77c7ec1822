using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes of one process.</summary>
public sealed class LoopbackPair : TransportPair
{
    public static readonly Instant NowAtA = new(1_000_000_000_000);
    public static readonly Instant NowAtB = new(77_000_000_000_000);

    private static readonly TimeSpan RedialEvery = TimeSpan.FromMilliseconds(5);

    public LoopbackNetwork Network { get; } = new();

    public override TransportKind Kind => TransportKind.Grpc;

    public override void Break(Die die) => Network.Cut(die, LoopbackCut.Loud);

    public override void Heal(Die die) => Network.Cut(die, LoopbackCut.None);

    protected override ITransport CreateA() =>
        new LoopbackTransport(Network, NodeA, Kind, [ToB(Die0), ToB(Die1), Self], () => NowAtA, RedialEvery);

    protected override ITransport CreateB() =>
        new LoopbackTransport(Network, NodeB, Kind, [ToA(Die0), ToA(Die1)], () => NowAtB, RedialEvery);
}
