namespace ClusterRas.Fabric;

/// <summary>The wires that a link may use. The order is the order of preference where nothing else is set.</summary>
public enum TransportKind
{
    /// <summary>URMA jetties of the UnifiedBus, through liburma.</summary>
    Urma,

    /// <summary>UVB windows of the UnifiedBus.</summary>
    Uvb,

    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,
}

/// <summary>One road to one peer: (peer, die, transport). Both rails are independent of each other.</summary>
public readonly record struct LinkId(NodeId Peer, Die Die, TransportKind Transport) : IComparable<LinkId>
{
    /// <inheritdoc />
    public int CompareTo(LinkId other)
    {
        var byPeer = Peer.CompareTo(other.Peer);
        if (byPeer != 0)
        {
            return byPeer;
        }

        var byDie = Die.CompareTo(other.Die);
        // An enum compared as such is boxed, at every look-up of a link.
        return byDie != 0 ? byDie : ((int)Transport).CompareTo((int)other.Transport);
    }

    /// <summary>As in logs: <c>#3/die0/grpc</c>.</summary>
    public override string ToString() =>
        $"{Peer}/{Die}/{Transport switch { TransportKind.Urma => "urma", TransportKind.Uvb => "uvb", _ => "grpc" }}";
}
