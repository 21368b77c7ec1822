using System.Collections.Immutable;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Moments;

/// <summary>The entries that change the control group.</summary>
internal static class GroupEntries
{
    // Their types, one a line.
    private static readonly ImmutableArray<Type> Types = [typeof(EntryPayload.GroupChanged)];

    /// <summary>False: this version's log cannot change the group, so nothing can happen in the middle of a change.</summary>
    public static bool Exist => Types.Length > 0;

    public static bool Is(EntryPayload payload) => Types.Contains(payload.GetType());
}
