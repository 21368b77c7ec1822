using System.Globalization;
using ClusterRas.Master;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>Tampers with one ledger, to see that the verdicts would notice.</summary>
internal sealed record Plant(string Kind, Machine Machine, LifeName Life)
{
    /// <summary>A panic is taken out of a ledger.</summary>
    public const string LoseOne = "lose-one";

    /// <summary>A panic is written into a ledger a second time.</summary>
    public const string DoubleOne = "double-one";

    /// <summary>Does it, in a ledger and to a panic that are drawn.</summary>
    public static Plant Do(string kind, IReadOnlyList<Machine> machines, IReadOnlySet<LifeName> panics, Prng prng)
    {
        var plant = new Plant(
            kind,
            machines[(int)prng.Below(machines.Count)],
            panics.OrderBy(life => life.Boot, StringComparer.Ordinal).ElementAt((int)prng.Below(panics.Count))
        );
        var where = string.Create(
            CultureInfo.InvariantCulture,
            $"victim = {plant.Life.Number - 1} AND boot = '{plant.Life.Boot}'"
        );
        using var ledger = SqliteConnection.Open(
            new LedgerFiles(plant.Machine.DataPath).Database,
            create: false,
            TimeSpan.FromSeconds(5)
        );
        ledger.Execute(
            kind == LoseOne
                ? $"DELETE FROM incidents WHERE {where}"
                : $"CREATE TEMP TABLE again AS SELECT * FROM incidents WHERE {where}; UPDATE again SET id = id + 1000000; "
                    + "INSERT INTO incidents SELECT * FROM again"
        );
        return plant;
    }

    /// <summary>The verdicts name this promise, this ledger and this life.</summary>
    public bool IsReportedBy(IEnumerable<Finding> findings) =>
        findings.Any(f =>
            f.Promise == (Kind == LoseOne ? "S3" : "S6")
            && f.Text.Contains($"ledger of {Machine.Name}", StringComparison.Ordinal)
            && f.Text.Contains(Life.ToString(), StringComparison.Ordinal)
        );
}
