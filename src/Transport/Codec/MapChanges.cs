using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Google.Protobuf.Collections;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>What the log and hellos say about maps, as generated messages and back.</summary>
internal static class MapChanges
{
    public static V1.MapChanged Write(EntryPayload.MapChanged change, V1.Warrant warrant)
    {
        var wire = new V1.MapChanged
        {
            Version = (ulong)change.Version,
            Text = change.Text,
            Warrant = warrant,
        };
        wire.Ancestors.AddRange(change.Ancestors);
        wire.Former.AddRange(
            change.Former.Select(node => new V1.FormerNode { Node = (uint)node.Node.Value, Name = node.Name })
        );
        return wire;
    }

    public static EntryPayload.MapChanged Read(V1.MapChanged wire, Warrant warrant, ref FieldCheck check)
    {
        if (wire.Text.Length > MapRecord.TextLengthMax)
        {
            check.Refuse($"the map has {wire.Text.Length} characters");
        }

        var former = Array.Empty<FormerNode>();
        if (check.Fits(wire.Former.Count, Limits.NodeCountMax, "former nodes"))
        {
            former = new FormerNode[wire.Former.Count];
            for (var i = 0; i < former.Length; i++)
            {
                former[i] = new FormerNode(
                    check.Node(wire.Former[i].HasNode, wire.Former[i].Node, "former node"),
                    check.Name(wire.Former[i].Name, "former node")
                );
            }
        }

        return new EntryPayload.MapChanged(
            check.Index(wire.Version, "map version").Value,
            Digests(wire.Ancestors, ref check),
            wire.Text,
            LogReader.Take(former),
            warrant
        );
    }

    public static EquatableArray<string> Digests(RepeatedField<string> wire, ref FieldCheck check)
    {
        if (!check.Fits(wire.Count, CodecLimits.MapAncestorsMax, "ancestors of a map"))
        {
            return [];
        }

        var digests = new string[wire.Count];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = check.Digest(wire[i]);
        }

        return LogReader.Take(digests);
    }
}
