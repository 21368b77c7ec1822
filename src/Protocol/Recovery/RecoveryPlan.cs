using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Who goes on after a lost majority, and what may be lost by it. Drawn from what the survivors say.</summary>
/// <param name="Epoch">Of this recovery.</param>
/// <param name="Chosen">The survivor with the newest log: it goes on alone, the others follow it.</param>
/// <param name="Lost">Seats that are declared lost.</param>
/// <param name="Confirmation">Names the cluster and binds an order to the state that was shown.</param>
public sealed record RecoveryPlan(long Epoch, SurvivorState Chosen, EquatableArray<Voter> Lost, string Confirmation)
{
    /// <summary>Recoveries that a log may hold.</summary>
    public const int EpochMax = 64;

    private const int ConfirmationDigits = 12;

    /// <summary>Draws the plan, or says everything that is against one.</summary>
    /// <param name="said">What each survivor says of itself.</param>
    /// <param name="lost">Nodes that are gone for ever, by the operator's word.</param>
    /// <returns>A plan and no problems, or none and at least one.</returns>
    public static (RecoveryPlan? Plan, EquatableArray<string> Problems) Draw(
        Topology topology,
        EquatableArray<SurvivorState> said,
        EquatableArray<NodeId> lost
    )
    {
        var problems = new List<string>();
        FindMistakes(topology, said, lost, problems);
        var newest = said.Where(state => !state.Cluster.IsNone && !state.IsRetired)
            .OrderByDescending(state => state.Epoch)
            .ThenByDescending(state => state.LastTerm)
            .ThenByDescending(state => state.LastIndex)
            .ThenByDescending(state => state.Voters.Contains(new Voter(state.Node, state.Disk)))
            .ThenBy(state => state.Node)
            .FirstOrDefault();
        if (newest is null)
        {
            problems.Add("no survivor has the log of a cluster on its disk");
            return (null, new([.. problems]));
        }

        var seats = newest.Voters.Where(voter => said.Any(state => Holds(state, voter))).ToArray();
        FindUnnamed(topology, newest, said, lost, problems);
        if (seats.Length > newest.Voters.Count / 2)
        {
            problems.Add(
                $"a majority of the control group survives ({Names(topology, seats)} of {newest.Voters.Count} seats): "
                    + "it elects a master by itself as soon as its nodes reach each other"
            );
        }

        foreach (var state in said.Where(state => state.EpochHeard > newest.Epoch))
        {
            problems.Add(
                $"{Name(topology, state.Node)} has heard of recovery {state.EpochHeard}, which no survivor has in its log: who went on then must "
                    + "come back; if it is gone for ever, too, name it as lost and restart rasd on the survivors first"
            );
        }

        if (newest.Epoch >= EpochMax)
        {
            problems.Add($"this cluster was recovered {EpochMax} times: begin a new one");
        }

        if (problems.Count > 0)
        {
            return (null, new([.. problems]));
        }

        EquatableArray<Voter> gone = new([.. newest.Voters.Except(seats)]);
        var epoch = newest.Epoch + 1;
        return (new RecoveryPlan(epoch, newest, gone, Confirm(topology, epoch, newest, said, gone)), []);
    }

    private static void FindMistakes(
        Topology topology,
        EquatableArray<SurvivorState> said,
        EquatableArray<NodeId> lost,
        List<string> problems
    )
    {
        var named = said.Select(state => state.Node).ToHashSet();
        foreach (var twice in said.GroupBy(state => state.Node).Where(group => group.Count() > 1))
        {
            problems.Add($"{Name(topology, twice.Key)} is named twice among the survivors");
        }

        foreach (var node in lost.Where(named.Contains).Distinct())
        {
            problems.Add($"{Name(topology, node)} is named as survivor and as lost, and it answers: it is not lost");
        }

        var clusters = said.Select(state => state.Cluster).Where(cluster => !cluster.IsNone).Distinct().ToArray();
        if (clusters.Length > 1)
        {
            problems.Add($"the survivors belong to different clusters: {string.Join(", ", clusters)}");
        }

        foreach (var state in said)
        {
            var name = Name(topology, state.Node);
            if (state.IsRetired)
            {
                problems.Add($"the disk of {name} was declared lost: stop rasd there and empty its data folder first");
            }

            if (state.Master is { } master)
            {
                problems.Add(
                    $"{name} hears {Name(topology, master)} as master: the cluster works, or did a moment ago"
                );
            }

            foreach (var node in state.Hears)
            {
                if (lost.Contains(node) && !named.Contains(node))
                {
                    problems.Add($"{name} hears {Name(topology, node)} on its links: it is not lost");
                }
                else if (!lost.Contains(node) && !named.Contains(node))
                {
                    problems.Add(
                        $"{name} hears {Name(topology, node)}, which is not named: its log may be the newest, so name it as survivor"
                    );
                }
            }
        }
    }

    /// <summary>Every node of the map is one or the other. The group may have changed without any survivor's hearing of it, so a node
    /// that seems to follow may hold what was committed last.</summary>
    private static void FindUnnamed(
        Topology topology,
        SurvivorState newest,
        EquatableArray<SurvivorState> said,
        EquatableArray<NodeId> lost,
        List<string> problems
    )
    {
        foreach (var node in topology.Nodes.Select(node => node.Id))
        {
            if (!lost.Contains(node) && !said.Any(state => state.Node == node))
            {
                var why = newest.Voters.Any(voter => voter.Node == node)
                    ? "has a vote"
                    : "may have entries that no survivor has";
                problems.Add($"{Name(topology, node)} {why}: say whether it is a survivor or lost");
            }
        }
    }

    private static bool Holds(SurvivorState state, Voter seat) =>
        state.Node == seat.Node && state.Disk == seat.Disk && !state.IsRetired;

    /// <summary>Over what decides: an order is void once any survivor's log has moved. Terms may grow meanwhile.</summary>
    private static string Confirm(
        Topology topology,
        long epoch,
        SurvivorState newest,
        EquatableArray<SurvivorState> said,
        EquatableArray<Voter> lost
    )
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{newest.Cluster.Value:x32} {epoch} {newest.Node.Value}\n");
        foreach (var voter in lost.OrderBy(voter => voter.Node))
        {
            text.Append(CultureInfo.InvariantCulture, $"lost {voter.Node.Value} {voter.Disk.Value:x32}\n");
        }

        foreach (var state in said.OrderBy(state => state.Node))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{state.Node.Value} {state.Disk.Value:x32} {state.Epoch} {state.LastTerm} {state.LastIndex}\n"
            );
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return $"{topology.Cluster}-{hash[..ConfirmationDigits]}";
    }

    private static string Names(Topology topology, IEnumerable<Voter> voters) =>
        string.Join(", ", voters.Select(voter => Name(topology, voter.Node)));

    private static string Name(Topology topology, NodeId node) => topology.NameOf(node);
}
