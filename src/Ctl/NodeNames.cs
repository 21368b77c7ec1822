using System.Globalization;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl;

/// <summary>The names behind the numbers of nodes, as the answering node has them.</summary>
internal sealed class NodeNames
{
    private readonly Dictionary<uint, string> names = [];

    public NodeNames(Status status)
    {
        if (status.HasNode)
        {
            names[status.Node] = status.NodeName;
        }

        foreach (var member in status.Members)
        {
            names[member.Node] = member.NodeName;
        }
    }

    /// <summary>The name; where the view gives none, the number as <c>#3</c>.</summary>
    public string Of(uint node, string given = "") =>
        given.Length > 0 ? given
        : names.TryGetValue(node, out var name) && name.Length > 0 ? name
        : "#" + node.ToString(CultureInfo.InvariantCulture);

    /// <summary>The master's; null: nobody known.</summary>
    public string? Of(MasterView? master) => master is { HasNode: true } ? Of(master.Node) : null;
}
