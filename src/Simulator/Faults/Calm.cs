using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults;

/// <summary>The assumptions of L1, as a predicate over the faults that happened. In doubt it says no.</summary>
internal static class Calm
{
    /// <summary>Before this a cluster may still be finding itself together.</summary>
    public static readonly TimeSpan Founded = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WitnessBefore = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BackIn = TimeSpan.FromSeconds(3);

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
        if (from < Founded || faults.Any(fault => IsEverywhere(fault, since, to)))
        {
            return false;
        }

        var cuts = faults.OfType<Fault.Cut>().Where(c => Overlaps(c.At, c.At + c.For, since, to)).ToArray();
        var sound = shape.Topology.Nodes.Select(n => n.Id).Where(id => !IsDisturbed(faults, id, since, to)).ToArray();
        if (IsDisturbed(faults, witness, from - WitnessBefore, to))
        {
            return false;
        }

        var first = shape.Topology.ControlGroup.Aggregate(default(NodeSet), (some, node) => some.With(node));
        return (chronicle?.Groups.Between(since, to, chronicle.Log) ?? [])
            .DefaultIfEmpty(first)
            .Distinct()
            .All(group => HasMajority(group, witness, sound, cuts, shape));
    }

    // Whoever is unlucky with his seat is not known beforehand.
    private static bool IsEverywhere(Fault fault, TimeSpan since, TimeSpan to) =>
        fault switch
        {
            Fault.Noise noise => Overlaps(noise.At, noise.At + noise.For, since, to),
            Fault.UnluckySeat seat => seat.At < to,
            _ => false,
        };

    private static bool HasMajority(NodeSet group, NodeId witness, NodeId[] sound, Fault.Cut[] cuts, Shape shape)
    {
        // At most 6 voters, so at most 64 sets to try.
        var voters = sound.Where(group.Contains).ToArray();
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

    private static bool Reaches(NodeId a, NodeId b, NodeId[] sound, Fault.Cut[] cuts, Shape shape) =>
        a == b
        || HasRoad(a, b, cuts, shape)
        || sound.Any(relay => HasRoad(a, relay, cuts, shape) && HasRoad(relay, b, cuts, shape));

    private static bool HasRoad(NodeId a, NodeId b, Fault.Cut[] cuts, Shape shape) =>
        Enumerable
            .Range(0, shape.DieCount)
            .Select(die => new Die(die))
            .Any(die => !cuts.Any(cut => cut.Covers(a, b, die) || cut.Covers(b, a, die)));

    private static bool IsDisturbed(IReadOnlyList<Fault> faults, NodeId node, TimeSpan since, TimeSpan to) =>
        faults
            .OfType<Fault.OfNode>()
            .Any(fault => fault.Node == node && Overlaps(fault.At, fault.At + Lasts(fault), since, to));

    // From the first moment until the node is back and has its connections again.
    private static TimeSpan Lasts(Fault.OfNode fault) =>
        fault switch
        {
            Fault.ProcessCrash crash => crash.For + BackIn,
            Fault.PowerCut cut => For(cut.For),
            Fault.Panic panic => For(panic.RebootAfter) + TimeSpan.FromMilliseconds(panic.WindowMs),
            Fault.KernelReboot reboot => For(reboot.RebootAfter)
                + TimeSpan.FromMilliseconds(reboot.WindowMs)
                + (reboot.PanicAfter is { } panic ? panic + TimeSpan.FromMilliseconds(reboot.WindowMs) : default),
            Fault.Wipe wipe => wipe.For + BackIn,
            Fault.PlannedStop stop => stop.Waits + (stop.Back ?? default) + BackIn,
            Fault.Pause pause => pause.For + BackIn,
            Fault.SlowDisk slow => slow.For + BackIn,
            Fault.StalledDisk stalled => stalled.For + BackIn,
            _ => throw new System.Diagnostics.UnreachableException(fault.ToString()),
        };

    private static TimeSpan For(TimeSpan? back) => back is { } after ? after + BackIn : TimeSpan.FromDays(1);

    private static bool Overlaps(TimeSpan begin, TimeSpan end, TimeSpan since, TimeSpan to) =>
        begin < to && end > since;
}
