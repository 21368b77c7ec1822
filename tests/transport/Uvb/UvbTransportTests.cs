using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>The contract over windows in shared memory.</summary>
public sealed class UvbTransportTests : TransportContract
{
    protected override TransportPair CreatePair() => new UvbPair();

    protected override Instant ClockA() => UvbPair.NowAtA;

    protected override Instant ClockB() => UvbPair.NowAtB;
}
