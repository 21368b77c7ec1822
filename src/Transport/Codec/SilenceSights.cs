using ClusterRas.Fabric;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Who had heard a silent node last, to bytes and back.</summary>
internal static class SilenceSights
{
    private const int SightsMax = Limits.NodeCountMax * Limits.DieCountMax;

    public static V1.SilenceSeen Write(EntryPayload.SilenceSeen seen)
    {
        var wire = new V1.SilenceSeen { Incident = (ulong)seen.Incident.Index.Value };
        foreach (var node in seen.Asked.AsSpan())
        {
            wire.Asked.Add((uint)node.Value);
        }

        foreach (var sight in seen.Sights.AsSpan())
        {
            var one = new V1.LastSight
            {
                By = (uint)sight.By.Value,
                Die = (uint)sight.Die.Value,
                Refused = sight.Refused,
            };
            if (sight.AgoMs is { } agoMs)
            {
                one.AgoMs = LogWriter.Duration(agoMs);
            }

            wire.Sights.Add(one);
        }

        return wire;
    }

    public static EntryPayload.SilenceSeen Read(V1.SilenceSeen wire, ref FieldCheck check)
    {
        var asked = Array.Empty<NodeId>();
        if (check.Fits(wire.Asked.Count, Limits.NodeCountMax, "nodes asked"))
        {
            asked = new NodeId[wire.Asked.Count];
            for (var at = 0; at < asked.Length; at++)
            {
                asked[at] = check.Node(true, wire.Asked[at], "asked");
            }
        }

        var sights = Array.Empty<LastSight>();
        if (check.Fits(wire.Sights.Count, SightsMax, "sights"))
        {
            sights = new LastSight[wire.Sights.Count];
            for (var at = 0; at < sights.Length; at++)
            {
                var one = wire.Sights[at];
                sights[at] = new LastSight(
                    check.Node(one.HasBy, one.By, "by"),
                    check.Die(one.Die),
                    check.DurationMs(one.HasAgoMs, one.AgoMs, "ago"),
                    one.Refused
                );
            }
        }

        return new EntryPayload.SilenceSeen(check.Incident(wire.Incident), new([.. asked]), new([.. sights]));
    }
}
