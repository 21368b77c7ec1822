using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Numbers relayed messages and remembers the ones that came by.</summary>
/// <param name="firstSequence">Random: a restarted process must not repeat numbers that peers have seen.</param>
internal sealed class Relay(NodeId self, ulong firstSequence)
{
    private readonly Seen<(NodeId Origin, ulong Sequence)> seen = new(1024);
    private ulong sequence = firstSequence;

    public ulong NextSequence() => ++sequence;

    /// <summary>False for what has come by before, or is our own.</summary>
    public bool IsNew(NodeId origin, ulong number) => origin != self && seen.IsNew((origin, number));
}
