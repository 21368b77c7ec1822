using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>The contract over the simulated liburma.</summary>
public sealed class UrmaTransportTests : TransportContract
{
    protected override TransportPair CreatePair() => new UrmaPair();

    protected override Instant ClockA() => UrmaPair.NowAtA;

    protected override Instant ClockB() => UrmaPair.NowAtB;
}
