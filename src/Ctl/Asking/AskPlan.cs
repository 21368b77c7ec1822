using System.Collections.Immutable;

namespace ClusterRas.Ctl.Asking;

/// <summary>Whom to ask, in which order, and for how long.</summary>
/// <param name="Doors">In the order in which they are tried; at least one.</param>
/// <param name="Within">For an answer, over all doors.</param>
/// <param name="IsOneNode">The operator named the node or its address: nobody else's answer will do.</param>
/// <param name="Map">The topology file's name and digest; null: asked by address.</param>
internal sealed record AskPlan(
    ImmutableArray<Door> Doors,
    TimeSpan Within,
    bool IsOneNode,
    (string Path, string Digest)? Map
)
{
    /// <summary>The same with one door last: it has just failed.</summary>
    public AskPlan Last(Door failed) =>
        this with
        {
            Doors = [.. Doors.Where(door => door != failed), .. Doors.Where(door => door == failed)],
        };
}
