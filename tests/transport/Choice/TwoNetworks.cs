using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes with two loopback networks between them, each of which can be cut without anybody's knowing.</summary>
public sealed class TwoNetworks : TransportPair
{
    private static readonly TimeSpan RedialEvery = TimeSpan.FromMilliseconds(5);

    public LoopbackNetwork Better { get; } = new();

    public LoopbackNetwork Other { get; } = new();

    public override TransportKind Kind => TransportKind.Grpc;

    public override async Task OpenAsync()
    {
        await base.OpenAsync();
        foreach (var die in (Die[])[Die0, Die1])
        {
            await Until.SoAsync(() => ((WireChoice)A).Tell(ToB(die)) == "urma + grpc");
            await Until.SoAsync(() => ((WireChoice)B).Tell(ToA(die)) == "urma + grpc");
        }
    }

    public override void Break(Die die)
    {
        Better.Cut(die, LoopbackCut.Loud);
        Other.Cut(die, LoopbackCut.Loud);
    }

    public override void Heal(Die die)
    {
        Better.Cut(die, LoopbackCut.None);
        Other.Cut(die, LoopbackCut.None);
    }

    protected override ITransport CreateA() => Choice(NodeA, NodeB, LoopbackPair.NowAtA);

    protected override ITransport CreateB() => Choice(NodeB, NodeA, LoopbackPair.NowAtB);

    private WireChoice Choice(NodeId self, NodeId peer, Instant now) =>
        new([Wire(Better, TransportKind.Urma, self, peer, now), Wire(Other, TransportKind.Grpc, self, peer, now)]);

    private static LoopbackTransport Wire(
        LoopbackNetwork network,
        TransportKind kind,
        NodeId self,
        NodeId peer,
        Instant now
    ) => new(network, self, kind, [new LinkId(peer, Die0, kind), new LinkId(peer, Die1, kind)], () => now, RedialEvery);
}
