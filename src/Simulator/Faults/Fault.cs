using ClusterRas.Fabric;
using ClusterRas.Simulator.Moments;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

/// <summary>One thing that the world does to the cluster. A rule of the world, never a hook in the product.</summary>
/// <param name="At">When it begins, since the world began; with <see cref="When"/>: from when on it waits.</param>
internal abstract partial record Fault(TimeSpan At)
{
    /// <summary>It begins at the first such moment; null: at its time.</summary>
    public Moment? When { get; init; }

    /// <summary>Its kind, as <see cref="FaultKinds"/> and the tables call it.</summary>
    internal abstract string Kind { get; }

    /// <summary>Whom it happens to.</summary>
    internal virtual NodeId Place => default;

    /// <summary>How long it goes on, whatever is mended: windows, boots. The run does not end before.</summary>
    internal virtual TimeSpan Lasts => default;

    /// <summary>What it does to the assumptions of L1. A kind that does not say is taken to break them for good.</summary>
    internal virtual Unrest Unrest => Unrest.Everywhere(Unrest.ForGood);

    /// <summary>The same fault as it begins: its time and its node are known by now.</summary>
    internal virtual Fault BegunAt(TimeSpan now, NodeId master) => this with { At = now };

    /// <summary>Lets it happen.</summary>
    /// <returns>False: there is nobody whom it could happen to, as a crash of what does not run.</returns>
    internal abstract bool Begin(Cluster cluster);

    protected static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>A fault of one node. Null: whoever acts as master when it begins.</summary>
    internal abstract record OfNode(TimeSpan At, NodeId? Node) : Fault(At)
    {
        internal override NodeId Place => Node ?? default;

        internal override Fault BegunAt(TimeSpan now, NodeId master) => this with { At = now, Node = Node ?? master };

        internal override bool Begin(Cluster cluster) => Begin(cluster, cluster.Host(Place));

        protected abstract bool Begin(Cluster cluster, Host host);

        /// <summary>Its node is not itself for so long, and then finds its way back.</summary>
        protected Unrest UnrestHere(TimeSpan lasts) =>
            Node is { } node ? Unrest.Of(node, lasts) : Unrest.Everywhere(lasts);

        /// <summary>Null: for good.</summary>
        protected Unrest UnrestUntilBack(TimeSpan before, TimeSpan? back) =>
            UnrestHere(back is { } after ? before + after + Unrest.BackIn : Unrest.ForGood);
    }
}
