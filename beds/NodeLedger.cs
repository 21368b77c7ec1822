using ClusterRas.Master;

namespace ClusterRas.Beds;

/// <summary>The ledger of one node, from outside.</summary>
/// <param name="Name">The node's.</param>
/// <param name="DataPath">Its data folder, where we see it.</param>
public sealed record NodeLedger(string Name, string DataPath)
{
    private const int All = 100_000;

    /// <summary>Its incidents, oldest first.</summary>
    public IReadOnlyList<IncidentRow> Read()
    {
        using var reader = new LedgerReader(new LedgerFiles(DataPath));
        return [.. reader.Incidents(All, null).OrderBy(row => row.Id.Index.Value)];
    }
}
