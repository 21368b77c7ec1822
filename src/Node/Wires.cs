using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using ClusterRas.Transport.Grpc;
using ClusterRas.Transport.Urma;
using ClusterRas.Transport.Uvb;

namespace ClusterRas.Node;

/// <summary>The wires that this node was told to use, as one.</summary>
internal sealed class Wires
{
    private readonly NodeId self;
    private readonly ImmutableArray<HostPort> listening;
    private readonly UvbTransport? uvb;

    /// <param name="listening">Where this node listens for gRPC.</param>
    public Wires(NodeOptions options, CurrentMap map, ImmutableArray<HostPort> listening, ILogger log)
    {
        self = options.Node.Id;
        this.listening = listening;
        Grpc = NewGrpc(options, map.Topology, log);
        Urma = options.Wires.Contains(TransportKind.Urma) ? NewUrma(options, map.Topology, log) : null;
        uvb = options.Wires.Contains(TransportKind.Uvb) ? NewUvb(options, map.Topology, log) : null;
        Choice =
            options.Wires.Length == 1
                ? null
                : new WireChoice(options.Wires.Select(WireOf))
                {
                    ReportBrought = (link, wire, report) =>
                        log.ReportBrought(report, wire, map.Name(link.Peer), link.Die.Value),
                };
        All = Choice is null ? Grpc : Choice;
    }

    /// <summary>Always there: what operators and programs speak comes the same way.</summary>
    public GrpcTransport Grpc { get; }

    /// <summary>Null: not wanted.</summary>
    public UrmaTransport? Urma { get; }

    /// <summary>Picks a wire for each link; null: there is one only.</summary>
    public WireChoice? Choice { get; }

    /// <summary>Which wire carries a link, and why no better one; null: there is one wire only.</summary>
    public Func<LinkId, string>? TellWire => Choice is { } choice ? choice.Tell : null;

    /// <summary>What the core sends by.</summary>
    public ITransport All { get; }

    /// <summary>Another map is in force.</summary>
    public void Follow(Effect.MapTaken taken)
    {
        Grpc.Follow(GrpcLinkAddress.AllOf(taken.Map, self, listening), taken.Links);
        Urma?.Follow(UrmaLinkAddress.AllOf(taken.Map, self), taken.Links);
        uvb?.Follow(UvbLinkAddress.AllOf(taken.Map, self), taken.Links);
    }

    private ITransport WireOf(TransportKind kind) =>
        kind switch
        {
            TransportKind.Urma when Urma is not null => Urma,
            TransportKind.Uvb when uvb is not null => uvb,
            _ => Grpc,
        };

    private UrmaTransport NewUrma(NodeOptions options, Topology map, ILogger log)
    {
        var named = new UrmaTransportOptions { FreshFor = options.Protocol.ElectionTimeoutMin };
        return new UrmaTransport(
            self,
            UrmaLinkAddress.AllOf(map, self),
            named with
            {
                Jetty = map.Ub.Jetty ?? named.Jetty,
                LibraryPath = options.UrmaLibrary ?? named.LibraryPath,
            },
            log
        );
    }

    private UvbTransport NewUvb(NodeOptions options, Topology map, ILogger log)
    {
        var named = new UvbTransportOptions { FreshFor = options.Protocol.ElectionTimeoutMin };
        return new UvbTransport(
            self,
            UvbLinkAddress.AllOf(map, self),
            named with
            {
                LibraryPath = options.UvbLibrary ?? named.LibraryPath,
            },
            log
        );
    }

    private GrpcTransport NewGrpc(NodeOptions options, Topology map, ILogger log) =>
        new(
            self,
            GrpcLinkAddress.AllOf(map, self, listening),
            new GrpcTransportOptions { FreshFor = options.Protocol.ElectionTimeoutMin },
            log
        );
}
