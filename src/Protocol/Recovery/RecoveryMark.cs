using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What a recovery left behind, as nodes tell each other in their hellos.</summary>
/// <param name="Epoch">Counts recoveries of a cluster, from 1.</param>
/// <param name="BaseTerm">Term of the last entry that was kept.</param>
/// <param name="BaseIndex">Index of that entry.</param>
/// <param name="Survivor">Who went on.</param>
/// <param name="Lost">Seats whose disks were declared lost.</param>
public sealed record RecoveryMark(
    long Epoch,
    Term BaseTerm,
    LogIndex BaseIndex,
    Voter Survivor,
    EquatableArray<Voter> Lost
)
{
    /// <summary>The mark of an entry.</summary>
    public static RecoveryMark Of(LogIndex index, EntryPayload.Recovered recovered) =>
        new(recovered.Epoch, recovered.BaseTerm, index.Previous, recovered.Survivor, recovered.Lost);

    /// <summary>An entry that was committed before is kept, if it is not later than the last one kept.</summary>
    /// <remarks>Leader completeness: the leader of the base's term had every entry that was committed in a lower term, and in
    /// its own term it appended in order.</remarks>
    public bool Keeps(Term term, LogIndex index) =>
        term.CompareTo(BaseTerm) is var byTerm && (byTerm < 0 || (byTerm == 0 && index.CompareTo(BaseIndex) <= 0));
}
