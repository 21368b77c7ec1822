using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Who this process is: its node, its boot and tag, its random seed.</summary>
public sealed record NodeIdentity(NodeId Node, Life Life, ulong Seed);

/// <summary>One node's whole protocol state. Not thread-safe: one loop alone calls <see cref="Step"/>.</summary>
public sealed partial class NodeMachine
{
    /// <summary>A node that starts, or starts again, on what its disk gave back.</summary>
    public NodeMachine(NodeIdentity self, Topology topology, ProtocolOptions options, StoredState stored, Instant now)
    { }

    /// <summary>When to call <see cref="Step"/> with <see cref="Input.Woke"/>; later than the last step's instant.</summary>
    public Instant NextWake { get; private set; }

    /// <summary>Takes one input and appends what is to be done, in order.</summary>
    public void Step(Instant now, Input input, List<Effect> effects) => NextWake = now + TimeSpan.FromSeconds(1);
}
