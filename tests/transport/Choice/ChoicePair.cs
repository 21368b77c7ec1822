using System.Collections.Concurrent;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes with two wires between them: the simulated liburma, and the loopback under gRPC's name.</summary>
public sealed class ChoicePair : TransportPair
{
    private static readonly TimeSpan RedialEvery = TimeSpan.FromMilliseconds(5);

    private readonly UrmaPair urma = new();
    private readonly ConcurrentQueue<(LinkId Link, string Wire, ReportId Report)> broughtToB = [];

    public LoopbackNetwork Network { get; } = new();

    /// <summary>What B says of the wires by which reports came.</summary>
    public IReadOnlyCollection<(LinkId Link, string Wire, ReportId Report)> BroughtToB => broughtToB;

    public override TransportKind Kind => TransportKind.Grpc;

    public WireChoice ChoiceA => (WireChoice)A;

    /// <summary>The better wire in use, and the other beside it.</summary>
    public const string Both = "urma (simulated) + grpc";

    /// <summary>Also until both wires are open: a change of wires, as a relink, may let the rest of the older come later.</summary>
    public override async Task OpenAsync()
    {
        await base.OpenAsync();
        foreach (var die in (Die[])[Die0, Die1])
        {
            await Until.SoAsync(() => ((WireChoice)A).Tell(ToB(die)) == Both);
            await Until.SoAsync(() => ((WireChoice)B).Tell(ToA(die)) == Both);
        }
    }

    public override void Break(Die die)
    {
        Network.Cut(die, LoopbackCut.Loud);
        BreakBetter(die);
    }

    public override void Heal(Die die)
    {
        Network.Cut(die, LoopbackCut.None);
        HealBetter(die);
    }

    public void BreakBetter(Die die) => urma.Break(die);

    public void HealBetter(Die die) => urma.Heal(die);

    public override ValueTask CleanAsync() => urma.DisposeAsync();

    protected override ITransport CreateA() =>
        new WireChoice([
            urma.NewA(),
            new LoopbackTransport(
                Network,
                NodeA,
                Kind,
                [ToB(Die0), ToB(Die1), Self],
                () => LoopbackPair.NowAtA,
                RedialEvery
            ),
        ]);

    protected override ITransport CreateB() =>
        new WireChoice([
            urma.NewB(),
            new LoopbackTransport(Network, NodeB, Kind, [ToA(Die0), ToA(Die1)], () => LoopbackPair.NowAtB, RedialEvery),
        ])
        {
            ReportBrought = (link, wire, report) => broughtToB.Enqueue((link, wire, report)),
        };
}
