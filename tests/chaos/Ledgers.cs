using System.Globalization;
using ClusterRas.Master;

namespace ClusterRas.Chaos;

/// <summary>What all sixteen ledgers tell, read from the nodes' own SQLite files while they run.</summary>
internal static class Ledgers
{
    private const int All = 100_000;

    /// <summary>The incidents of one node, oldest first.</summary>
    public static IReadOnlyList<IncidentRow> Read(Machine machine)
    {
        using var reader = new LedgerReader(new LedgerFiles(machine.DataPath));
        return [.. reader.Incidents(All, null).OrderBy(row => row.Id.Index.Value)];
    }

    /// <summary>Holds every ledger against what was done.</summary>
    /// <param name="machines">All of them, none away.</param>
    /// <param name="panics">Lives that ended with a panic that some kernel was told of.</param>
    /// <param name="trulySilent">Lives that it was right to call silent.</param>
    public static LedgerVerdict Judge(
        IReadOnlyList<Machine> machines,
        IReadOnlySet<LifeName> panics,
        IReadOnlySet<LifeName> trulySilent
    )
    {
        var findings = new List<Finding>();
        var lost = new HashSet<LifeName>();
        var doubled = new HashSet<LifeName>();
        var falselySilent = new HashSet<LifeName>();
        var essences = new List<(Machine Machine, HashSet<string> Rows)>();
        foreach (var machine in machines)
        {
            var byLife = Read(machine).ToLookup(NameOf);
            foreach (var life in panics)
            {
                var rows = byLife[life].ToList();
                var told = rows.Count(row => row.Kind == Protocol.EventKind.Panic);
                if (told == 0)
                {
                    lost.Add(life);
                    findings.Add(new("S3", $"the panic of {life} is not in the ledger of {machine.Name}"));
                }
                else if (told > 1 || rows.GroupBy(row => row.Claim).Any(claim => claim.Count() > 1))
                {
                    doubled.Add(life);
                    var ids = string.Join(
                        ", ",
                        rows.Select(row => $"#{row.Id.Index.Value} {row.Kind} claim {row.Claim}")
                    );
                    findings.Add(new("S6", $"the panic of {life} is doubled in the ledger of {machine.Name}: {ids}"));
                }
                else if (rows.Exists(row => row.IsOpen) && !machines.Any(m => LifeName.Of(m) == life))
                {
                    findings.Add(
                        new(
                            "L5",
                            $"the panic of {life} is still open in the ledger of {machine.Name}; its machine is back"
                        )
                    );
                }
            }

            foreach (var rows in byLife.Where(rows => !panics.Contains(rows.Key)))
            {
                if (rows.Any(row => row.Kind != Protocol.EventKind.Silent))
                {
                    findings.Add(new("S6", $"{machine.Name} has an incident of {rows.Key} that nobody told"));
                }
                else if (!trulySilent.Contains(rows.Key))
                {
                    falselySilent.Add(rows.Key);
                }
            }

            essences.Add((machine, [.. byLife.SelectMany(rows => rows).Select(Essence)]));
        }

        findings.AddRange(Differences(essences));
        return new LedgerVerdict(lost.Count, doubled.Count, falselySilent, findings);
    }

    private static LifeName NameOf(IncidentRow row) =>
        new(row.Victim.Value + 1, row.Life.Boot.Value.ToString("x32", CultureInfo.InvariantCulture));

    private static string Essence(IncidentRow row) =>
        $"#{row.Id.Index.Value} {row.Kind} of {NameOf(row)}: {(row.IsOpen ? "open" : "closed " + row.CloseReason)}";

    // What most of them have is held to be right.
    private static IEnumerable<Finding> Differences(List<(Machine Machine, HashSet<string> Rows)> essences)
    {
        var counts = essences.SelectMany(e => e.Rows).CountBy(row => row).ToDictionary();
        foreach (var (machine, rows) in essences)
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
                yield return new("L3", $"the ledger of {machine.Name} differs from most: {what}");
            }
        }
    }
}
