using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults;

/// <summary>The assumptions of L1, as a predicate over the faults that happened. In doubt it says no.</summary>
internal static class Calm
{
    /// <summary>Before this a cluster may still be finding itself together.</summary>
    public static readonly TimeSpan Founded = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WitnessBefore = TimeSpan.FromSeconds(3);

    /// <summary>
    /// True if a majority of voters ran undisturbed and reached each other, with at most one relay, from a while before
    /// <paramref name="from"/> up to <paramref name="to"/>, and the witness ran and reached one of them.
    /// </summary>
    /// <param name="chronicle">All groups that were in force meanwhile must have such a majority; null: only the first.</param>
    public static bool Holds(
        IReadOnlyList<Fault> faults,
        Shape shape,
        NodeId witness,
        TimeSpan from,
        TimeSpan to,
        Chronicle? chronicle = null
    )
    {
        var since = from - Before > Founded ? from - Before : Founded;
        if (from < Founded || !MayBeFounded(faults, from))
        {
            return false;
        }

        var cuts = faults.OfType<Fault.Cut>().Where(c => Overlaps(c.At, c.At + c.For, since, to)).ToArray();
        var sound = shape.Topology.Nodes.Select(n => n.Id).Where(id => !IsDisturbed(faults, id, since, to)).ToArray();
        var seated = sound.Where(id => !IsWithoutSeat(faults, id, since, to)).ToArray();
        if (IsDisturbed(faults, witness, from - WitnessBefore, to))
        {
            return false;
        }

        var first = shape.Topology.ControlGroup.Aggregate(default(NodeSet), (some, node) => some.With(node));
        return (chronicle?.Groups.Between(since, to, chronicle.Log) ?? [])
            .DefaultIfEmpty(first)
            .Distinct()
            .All(group => HasMajority(group, seated, witness, sound, cuts, shape));
    }

    private static bool HasMajority(
        NodeSet group,
        NodeId[] seated,
        NodeId witness,
        NodeId[] sound,
        Fault.Cut[] cuts,
        Shape shape
    )
    {
        // At most 6 voters, so at most 64 sets to try.
        var voters = seated.Where(group.Contains).ToArray();
        for (var set = 1; set < 1 << voters.Length; set++)
        {
            var some = voters.Where((_, place) => (set & (1 << place)) != 0).ToArray();
            if (
                some.Length > group.Count / 2
                && some.All(a => some.All(b => Reaches(a, b, sound, cuts, shape)))
                && some.Any(a => Reaches(witness, a, sound, cuts, shape))
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A first start needs all of its voters (B3), so it needs a while in which nothing at all is wrong.</summary>
    private static bool MayBeFounded(IReadOnlyList<Fault> faults, TimeSpan from)
    {
        var quietSince = TimeSpan.Zero;
        foreach (var fault in faults.OrderBy(fault => fault.At))
        {
            var ends = fault.At + (fault is Fault.Cut cut ? cut.For : fault.Unrest.For);
            if (ends == fault.At)
            {
                continue;
            }

            if (fault.At - quietSince >= Founded)
            {
                return true;
            }

            quietSince = ends > quietSince ? ends : quietSince;
        }

        return from - quietSince >= Founded;
    }

    private static bool Reaches(NodeId a, NodeId b, NodeId[] sound, Fault.Cut[] cuts, Shape shape) =>
        a == b
        || HasRoad(a, b, cuts, shape)
        || sound.Any(relay => HasRoad(a, relay, cuts, shape) && HasRoad(relay, b, cuts, shape));

    private static bool HasRoad(NodeId a, NodeId b, Fault.Cut[] cuts, Shape shape) =>
        Enumerable
            .Range(0, shape.DieCount)
            .Select(die => new Die(die))
            .Any(die => !cuts.Any(cut => cut.Covers(a, b, die) || cut.Covers(b, a, die)));

    /// <summary>A fault took this node, or its road to everybody, for some of that time.</summary>
    internal static bool IsDisturbed(IReadOnlyList<Fault> faults, NodeId node, TimeSpan since, TimeSpan to) =>
        faults.Any(fault =>
            fault.Unrest is var unrest
            && unrest.Nodes.Contains(node)
            && Overlaps(fault.At, fault.At + unrest.For, since, to)
        );

    private static bool IsWithoutSeat(IReadOnlyList<Fault> faults, NodeId node, TimeSpan since, TimeSpan to) =>
        faults.Any(fault =>
            fault.Unrest is var unrest
            && unrest.Nodes.Contains(node)
            && Overlaps(fault.At, fault.At + unrest.SeatFor, since, to)
        );

    private static bool Overlaps(TimeSpan begin, TimeSpan end, TimeSpan since, TimeSpan to) =>
        begin < to && end > since;
}
