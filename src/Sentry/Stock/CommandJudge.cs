using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Rules;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Sentry.Stock;

/// <summary>Holds every <c>sentryctl set</c> of scripts against sysSentry's rules and against ours.</summary>
/// <remarks>Line by line, each node by itself: what only the lines of all nodes show is the business of the map's check.</remarks>
public static class CommandJudge
{
    // What is missing, or is wrong between nodes, is no mistake of a line.
    private static readonly ImmutableHashSet<TopologyProblemCode> OfTheMap =
    [
        TopologyProblemCode.Name,
        TopologyProblemCode.NoSettings,
        TopologyProblemCode.Address,
        TopologyProblemCode.AddressTaken,
        TopologyProblemCode.NotOfTheMap,
        TopologyProblemCode.EidMissing,
        TopologyProblemCode.CnaMissing,
        TopologyProblemCode.AssumedPeers,
        TopologyProblemCode.UnknownPeer,
        TopologyProblemCode.OneWay,
        TopologyProblemCode.MeshGap,
    ];

    private static readonly SettingsMapOptions Options = new() { IsOfUbOnly = true };

    /// <summary>Every command, in the order of the texts.</summary>
    /// <param name="scripts">With the names of nodes that nothing in them names; null: none.</param>
    /// <param name="newMachine">The machine of a node before its first line.</param>
    /// <param name="problems">Taken to: a text without any such command.</param>
    public static ImmutableArray<JudgedCommand> Judge(
        IReadOnlyList<(SourceText Text, string? Node)> scripts,
        Func<StockMachine> newMachine,
        ProblemList problems
    )
    {
        var judged = ImmutableArray.CreateBuilder<JudgedCommand>();
        var machines = new Dictionary<string, StockMachine>(StringComparer.Ordinal);
        var known = new HashSet<TopologyProblem>();
        for (var count = 1; ; count++)
        {
            // A mistake between two lines is of the one that makes it: each line is read with those before it.
            var said = new ProblemList();
            var commands = new List<SetCommand>();
            var nodes = new List<NodeSettings>();
            foreach (var (text, name) in scripts)
            {
                ScriptReader.Read(text, name, nodes, new OtherSettings(), said, new CommandTally(commands, count));
                if (count == 1 && commands.Count == 0)
                {
                    problems.Add(
                        text.At(0),
                        TopologyProblemCode.NoSettings,
                        "no line of it is a sentryctl set command",
                        "sentryctl set MODULE --OPTION=VALUE",
                        "give the lines that the nodes are set with"
                    );
                }
            }

            if (commands.Count < count)
            {
                return judged.ToImmutable();
            }

            var command = commands[^1];
            RuleBook.Check(SettingsMap.Draft([command.Node], Options, said), said, Limits.NodeCountMax);
            var who = FormattableString.Invariant($"{nodes.IndexOf(command.Node)}");
            if (!machines.TryGetValue(who, out var machine))
            {
                machines[who] = machine = newMachine();
            }

            judged.Add(
                new JudgedCommand(
                    command.Node.Name,
                    command.At,
                    command.Words,
                    StockTool.Run(command.Words, machine)!,
                    [.. said.InOrderOfText().Where(problem => !OfTheMap.Contains(problem.Code) && known.Add(problem))]
                )
            );
        }
    }
}
