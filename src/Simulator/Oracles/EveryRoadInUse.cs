using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L2: long after the last fault every road between two running nodes carries beats again; nothing is blocked for ever.</summary>
internal sealed class EveryRoadInUse(ProtocolOptions options) : IOracle
{
    // As long as ever for beats that are as fast as ever, or faster.
    private readonly TimeSpan lately = TimeSpan.FromSeconds(Math.Max(2, options.HeartbeatEvery.TotalSeconds * 6));
    private readonly Dictionary<(NodeId To, LinkId From), TimeSpan> heard = [];
    private readonly Dictionary<NodeId, TimeSpan> startedAt = [];

    public string Name => "L2";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started:
                startedAt[sighting.Node] = sighting.At;
                return null;
            case Sighting.Took { Input: Input.Arrived { Frame.Message: Message.Heartbeat } arrived }:
                heard[(sighting.Node, arrived.Link)] = sighting.At;
                return null;
            case Sighting.Settled settled:
                return Judge(settled, chronicle);
            default:
                return null;
        }
    }

    private string? Judge(Sighting.Settled settled, Chronicle chronicle)
    {
        // Who has only just started dials by its back-off. Who is behind with the map has roads by an older one, until there is a
        // master again; where there can be one, OneMap wants the newest of everybody.
        var running = settled
            .Running.Nodes()
            .Where(node => startedAt[node] < settled.At - (lately * 2) && chronicle.Maps.IsUpToDate(node))
            .ToArray();
        foreach (var one in running)
        {
            foreach (var other in running.Where(other => other != one))
            {
                foreach (var die in chronicle.Shape.Topology[one].Dies)
                {
                    var from = new LinkId(other, die.Die, TransportKind.Grpc);
                    if (!heard.TryGetValue((one, from), out var at) || at < settled.At - lately)
                    {
                        return $"{one} has not heard {other} on {die.Die} for {lately.TotalSeconds} s, and nothing is in the way";
                    }
                }
            }
        }

        return null;
    }
}
