using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>The contract over gRPC, through cables.</summary>
public sealed class GrpcTransportTests : TransportContract
{
    protected override TransportPair CreatePair() => new GrpcPair();

    protected override Instant ClockA() => new(GrpcPair.NowAtANanoseconds);

    protected override Instant ClockB() => new(GrpcPair.NowAtBNanoseconds);
}
