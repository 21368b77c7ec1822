using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric.Rules;

/// <summary>No two nodes or DIEs may claim the same id, name, CNA, eid or address.</summary>
internal static class TakenRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        // Keys are of different types (int, string, Eid, ...), so one table serves all.
        var taken = new Dictionary<object, (string Owner, Place At)>();
        foreach (var node in draft.Nodes.TakeWhile(_ => !problems.IsFull))
        {
            Claim(node.Id, node.Owner, TopologyProblemCode.IdTaken, id => $"id {id}");
            Claim(node.Name, node.Owner, TopologyProblemCode.NameTaken, name => $"name {Spelling.Shown(name)}");
            Claim(node.Cna, node.Owner, TopologyProblemCode.CnaTaken, cna => $"cna {cna}");
            foreach (var die in node.Dies)
            {
                var isFree = Claim(die.Eid, die.Owner, TopologyProblemCode.EidTaken, eid => $"eid {eid}");

                // The default address of an eid that is taken would be taken too: one mistake, one problem.
                if (isFree || !die.IsGrpcDefault)
                {
                    var more = die.IsGrpcDefault ? " (by default from the eid)" : "";
                    Claim(die.Grpc, die.Owner, TopologyProblemCode.AddressTaken, grpc => $"grpc {grpc}{more}");
                }
            }
        }

        bool Claim<T>(Said<T>? said, string owner, TopologyProblemCode code, Func<T, string> shown)
            where T : notnull
        {
            if (said is null || taken.TryAdd(said.Value, (owner, said.At)))
            {
                return true;
            }

            var first = taken[said.Value];
            problems.Add(
                said.At,
                code,
                $"{owner}: {shown(said.Value)} is already taken by {first.Owner} on {first.At.SeenFrom(said.At)}",
                "a value that nobody else has",
                "change one of the two"
            );
            return false;
        }
    }
}
