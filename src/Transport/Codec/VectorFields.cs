using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Google.Protobuf.Collections;

namespace ClusterRas.Transport;

/// <summary>Whom a node hears, as packed numbers: two for each rail of each peer. Source: Heartbeat in link.proto.</summary>
internal static class VectorFields
{
    private const int RoadBits = 2;
    private const uint DieBit = 0b10;
    private const uint RefusedBit = 0b01;

    public static void Write(ReadOnlySpan<Heard> vector, RepeatedField<uint> fields)
    {
        fields.Capacity = vector.Length * 2;
        foreach (ref readonly var heard in vector)
        {
            fields.Add(
                ((uint)heard.Node.Value << RoadBits)
                    | (heard.Die.Value == 0 ? 0 : DieBit)
                    | (heard.Refused ? RefusedBit : 0)
            );
            fields.Add((uint)(heard.AgoMs + 1L));
        }
    }

    public static Heard[] Read(RepeatedField<uint> fields, ref FieldCheck check)
    {
        if (fields.Count % 2 != 0)
        {
            check.Refuse("half a place of a vector");
        }

        var count = fields.Count / 2;
        if (!check.Fits(count, Limits.NodeCountMax * Limits.DieCountMax, "places of a vector"))
        {
            return [];
        }

        var vector = new Heard[count];
        for (var i = 0; i < count; i++)
        {
            var (road, ago) = (fields[2 * i], fields[(2 * i) + 1]);
            vector[i] = new Heard(
                check.Node(isSet: true, road >> RoadBits, "node"),
                new Die((road & DieBit) == 0 ? 0 : 1),
                ago == 0 ? -1 : check.Count(ago - 1, "ago"),
                (road & RefusedBit) != 0
            );
        }

        return vector;
    }
}
