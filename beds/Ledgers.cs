using System.Globalization;
using ClusterRas.Master;

namespace ClusterRas.Beds;

/// <summary>What the ledgers of all nodes tell, read from the nodes' own SQLite files while they run.</summary>
public static class Ledgers
{
    /// <summary>Holds every ledger against what was done.</summary>
    /// <param name="ledgers">Those of all nodes, none away.</param>
    /// <param name="present">Lives that go on.</param>
    /// <param name="panics">Lives that ended with a panic that some kernel was told of.</param>
    /// <param name="trulySilent">Lives that it was right to call silent.</param>
    public static LedgerVerdict Judge(
        IReadOnlyList<NodeLedger> ledgers,
        IReadOnlySet<LifeName> present,
        IReadOnlySet<LifeName> panics,
        IReadOnlySet<LifeName> trulySilent
    )
    {
        var findings = new List<Finding>();
        var lost = new HashSet<LifeName>();
        var doubled = new HashSet<LifeName>();
        var falselySilent = new HashSet<LifeName>();
        var essences = new List<(NodeLedger Ledger, HashSet<string> Rows)>();
        foreach (var ledger in ledgers)
        {
            var byLife = ledger.Read().ToLookup(NameOf);
            foreach (var life in panics)
            {
                var rows = byLife[life].ToList();
                var told = rows.Count(row => row.Kind == Protocol.EventKind.Panic);
                if (told == 0)
                {
                    lost.Add(life);
                    findings.Add(new("S3", $"the panic of {life} is not in the ledger of {ledger.Name}"));
                }
                else if (told > 1 || rows.GroupBy(row => row.Claim).Any(claim => claim.Count() > 1))
                {
                    doubled.Add(life);
                    var ids = string.Join(
                        ", ",
                        rows.Select(row => $"#{row.Id.Index.Value} {row.Kind} claim {row.Claim}")
                    );
                    findings.Add(new("S6", $"the panic of {life} is doubled in the ledger of {ledger.Name}: {ids}"));
                }
                else if (rows.Exists(row => row.IsOpen) && !present.Contains(life))
                {
                    findings.Add(
                        new(
                            "L5",
                            $"the panic of {life} is still open in the ledger of {ledger.Name}; its machine is back"
                        )
                    );
                }
            }

            foreach (var rows in byLife.Where(rows => !panics.Contains(rows.Key)))
            {
                if (rows.Any(row => row.Kind != Protocol.EventKind.Silent))
                {
                    findings.Add(new("S6", $"{ledger.Name} has an incident of {rows.Key} that nobody told"));
                }
                else if (!trulySilent.Contains(rows.Key))
                {
                    falselySilent.Add(rows.Key);
                }
            }

            essences.Add((ledger, [.. byLife.SelectMany(rows => rows).Select(Essence)]));
        }

        findings.AddRange(Differences(essences));
        return new LedgerVerdict(lost.Count, doubled.Count, falselySilent, findings);
    }

    private static LifeName NameOf(IncidentRow row) =>
        new(row.Victim.Value + 1, row.Life.Boot.Value.ToString("x32", CultureInfo.InvariantCulture));

    private static string Essence(IncidentRow row) =>
        $"#{row.Id.Index.Value} {row.Kind} of {NameOf(row)}: {(row.IsOpen ? "open" : "closed " + row.CloseReason)}";

    // What most of them have is held to be right.
    private static IEnumerable<Finding> Differences(List<(NodeLedger Ledger, HashSet<string> Rows)> essences)
    {
        var counts = essences.SelectMany(e => e.Rows).CountBy(row => row).ToDictionary();
        foreach (var (ledger, rows) in essences)
        {
            var missing = counts
                .Where(c => c.Value > essences.Count / 2 && !rows.Contains(c.Key))
                .Select(c => c.Key)
                .ToList();
            var extra = rows.Where(row => counts[row] <= essences.Count / 2).ToList();
            if (missing.Count + extra.Count > 0)
            {
                var what = string.Join(
                    "; ",
                    missing.Take(3).Select(m => "lacks " + m).Concat(extra.Take(3).Select(e => "alone has " + e))
                );
                yield return new("L3", $"the ledger of {ledger.Name} differs from most: {what}");
            }
        }
    }
}
