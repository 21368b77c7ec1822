using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>Holds the file of a node against the cluster's map.</summary>
public static class NodeFileRule
{
    /// <summary>An own sender's answer leaves so long before its window ends.</summary>
    public const int MarginMs = 150;

    /// <summary>Every problem between the two.</summary>
    /// <param name="file">As it was read.</param>
    /// <param name="map">Of the cluster.</param>
    /// <param name="mapPath">Its name, for problems.</param>
    public static ImmutableArray<TopologyProblem> Check(NodeFile file, Topology map, string mapPath)
    {
        var problems = new ProblemList();
        var node = file.Node is { } name ? map.FindNode(name.Value) : null;
        if (file.Node is { } said && node is null)
        {
            var guess = Spelling.Closest(said.Value, map.Nodes.Select(known => known.Name));
            problems.Add(
                said.At,
                TopologyProblemCode.Option,
                $"node {Spelling.Shown(said.Value)} is not in {mapPath}",
                $"one of {string.Join(", ", map.Nodes.Select(known => known.Name))}",
                guess is null ? "name a node of the map" : $"did you mean \"{guess}\"?"
            );
        }

        foreach (var listen in file.Listen.Where(listen => listen.Die.Value >= map.DieCount))
        {
            problems.Add(
                listen.Die.At,
                TopologyProblemCode.Option,
                $"listen: die {listen.Die.Value}, and nodes of {mapPath} have {map.DieCount}",
                "a DIE that the map has",
                "remove it"
            );
        }

        var windows = node is null ? map.Ub.Timeouts : map.TimeoutsOf(node);
        foreach (var handler in file.Handlers.Where(handler => handler.IsRequired))
        {
            var window = handler.Events.Min(word => WindowOf(word, windows));
            if (handler.DeadlineMs.Value > window - MarginMs)
            {
                problems.Add(
                    handler.DeadlineMs.At,
                    TopologyProblemCode.HandlerDeadline,
                    FormattableString.Invariant(
                        $"handler {Spelling.Shown(handler.Name.Value)}: deadline_ms is {handler.DeadlineMs.Value}, and the shortest window of its events is {window} ms"
                    ),
                    FormattableString.Invariant(
                        $"{window - MarginMs} ms at most: an answer leaves {MarginMs} ms before the window ends"
                    ),
                    "shorten it, or lengthen the window in the map"
                );
            }
        }

        return problems.InOrderOfText();
    }

    private static int WindowOf(string word, BlockingTimeouts windows) =>
        word switch
        {
            "panic" => windows.PanicMs ?? BlockingTimeouts.MsDefault,
            "reboot" => windows.KernelRebootMs ?? BlockingTimeouts.MsDefault,
            "poweroff" or "oom" => BlockingTimeouts.MsDefault,
            // Nobody waits for these.
            _ => int.MaxValue,
        };
}
