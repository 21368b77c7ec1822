using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric.Rules;

/// <summary>Whose an eid is: by <c>--eid</c>, else by the list that begins with it.</summary>
/// <remarks>
/// The second way is for nodes whose <c>--eid</c> is mistyped: that is one mistake, and not one in each list of the others.
/// </remarks>
internal sealed class EidOwners
{
    private readonly Dictionary<Eid, (DraftNode Node, int Die)> owners = [];

    public EidOwners(IReadOnlyList<DraftNode> told)
    {
        foreach (var node in told)
        {
            foreach (var (die, item) in node.Dies.Index().Where(die => die.Item.Eid is not null))
            {
                owners.TryAdd(item.Eid!.Value, (node, die));
            }
        }

        foreach (var node in told)
        {
            foreach (var (die, list) in (node.Peers!.Eids ?? []).Index().Where(list => list.Item.Items.Count > 0))
            {
                owners.TryAdd(list.Items[0].Value, (node, die));
            }
        }
    }

    public (DraftNode Node, int Die)? Find(Eid eid) => owners.TryGetValue(eid, out var found) ? found : null;

    /// <summary>True: the node's lists begin with its own eids, in another order than <c>--eid</c>.</summary>
    public static bool HasOtherOrder(DraftNode node)
    {
        if (node.Dies.Count != 2 || node.Peers?.Eids is not { Count: > 0 } lists)
        {
            return false;
        }

        return lists
            .Index()
            .All(list =>
                list.Item.Items.Count > 0
                && list.Index < 2
                && node.Dies[0].Eid?.Value != node.Dies[1].Eid?.Value
                && node.Dies[1 - list.Index].Eid?.Value == list.Item.Items[0].Value
            );
    }
}
