using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>Who with whom: a row and a column for each node.</summary>
internal static class LinkMatrix
{
    public static Sheet Of(Topology map, Func<TopologyNode, TopologyNode, Cell> cellOf)
    {
        var sheet = new Sheet([
            "ID",
            "NODE",
            .. map.Nodes.Select(node => node.Id.Value.ToString(CultureInfo.InvariantCulture)),
        ]);
        foreach (var node in map.Nodes)
        {
            var cells = map.Nodes.Select(other => other == node ? new Cell("\\", Tone.Quiet) : cellOf(node, other));
            sheet.Add([
                node.Id.Value.ToString(CultureInfo.InvariantCulture),
                new Cell(node.Name, Tone.Plain),
                .. cells,
            ]);
        }

        return sheet;
    }
}
