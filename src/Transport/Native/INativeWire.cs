using ClusterRas.Fabric;

namespace ClusterRas.Transport;

/// <summary>A wire that may be missing on a machine, and can say so.</summary>
public interface INativeWire : ITransport
{
    /// <summary>What carries it is a test double of our own.</summary>
    bool IsSimulated { get; }

    /// <summary>Why a link is not open here, in one line; null: it is.</summary>
    string? WhyNot(LinkId link);
}
