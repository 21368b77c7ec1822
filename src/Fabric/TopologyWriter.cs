using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClusterRas.Fabric;

/// <summary>Writes topology files: a line for a node and a line for each of its DIEs, so that they compare well.</summary>
internal sealed class TopologyWriter(Func<NodeId, string> nameOf)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly StringBuilder text = new();

    public string Write(
        string cluster,
        IEnumerable<TopologyNode> nodes,
        IEnumerable<string> control,
        UbSettings ub,
        Tuning tuning
    )
    {
        text.Append(Culture, $"{{\n  \"version\": {Topology.FormatVersion},\n  \"cluster\": {Quote(cluster)},\n");
        text.Append(Culture, $"  \"control\": [{string.Join(", ", control.Select(Quote))}],\n");
        text.Append(ub.Jetty is { } jetty ? $"  \"jetty\": {jetty},\n" : "");
        text.Append(ub.Timeouts.IsEmpty ? "" : $"  {TimeoutsOf(ub.Timeouts)},\n");
        WriteTuning(tuning);
        WriteGaps(ub);
        text.Append("  \"nodes\": [");
        var nodeBreak = "\n";
        foreach (var node in nodes)
        {
            text.Append(nodeBreak);
            WriteNode(node);
            nodeBreak = ",\n";
        }

        return text.Append("\n  ]\n}\n").ToString();
    }

    private void WriteTuning(Tuning tuning)
    {
        foreach (var member in tuning.Said.GroupBy(one => one.Option.Member))
        {
            var values = member.Select(one => string.Create(Culture, $"\"{one.Option.Name}\": {one.Value}"));
            text.Append(Culture, $"  \"{member.Key}\": {{ {string.Join(", ", values)} }},\n");
        }
    }

    private void WriteGaps(UbSettings ub)
    {
        if (ub.Gaps.IsEmpty)
        {
            return;
        }

        text.Append("  \"gaps\": [");
        var gapBreak = "\n";
        foreach (var gap in ub.Gaps)
        {
            text.Append(
                Culture,
                $"{gapBreak}    {{ \"die\": {gap.Die.Value}, \"between\": [{Quote(nameOf(gap.Lower))}, {Quote(nameOf(gap.Higher))}] }}"
            );
            gapBreak = ",\n";
        }

        text.Append("\n  ],\n");
    }

    private void WriteNode(TopologyNode node)
    {
        text.Append(Culture, $"    {{ \"id\": {node.Id.Value}, \"name\": {Quote(node.Name)}, ");
        text.Append(node.Cna is { } cna ? $"\"cna\": {cna}, " : "");
        text.Append(node.Rack is { } rack ? $"\"rack\": {Quote(rack)}, " : "");
        text.Append(node.Timeouts.IsEmpty ? "" : $"{TimeoutsOf(node.Timeouts)}, ").Append("\"dies\": [");
        var dieBreak = "\n";
        foreach (var die in node.Dies)
        {
            var plug = die.Switch is { } known ? $", \"switch\": {Quote(known)}" : "";
            text.Append(
                Culture,
                $"{dieBreak}      {{ \"eid\": \"{die.Eid}\", \"grpc\": {Quote(die.Grpc.ToString())}{plug} }}"
            );
            dieBreak = ",\n";
        }

        text.Append(" ] }");
    }

    private static string TimeoutsOf(BlockingTimeouts timeouts)
    {
        var panic = timeouts.PanicMs is { } panicMs ? string.Create(Culture, $"\"panic_ms\": {panicMs}") : null;
        var reboot = timeouts.KernelRebootMs is { } ms ? string.Create(Culture, $"\"kernel_reboot_ms\": {ms}") : null;
        return $"\"timeouts\": {{ {string.Join(", ", new[] { panic, reboot }.OfType<string>())} }}";
    }

    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
