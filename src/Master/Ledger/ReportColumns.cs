using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>The six columns in which every table spells a report id: witness, boot, door, kind, high, low.</summary>
internal static class ReportColumns
{
    internal static SqliteStatement BindReport(this SqliteStatement statement, int place, ReportId id) =>
        statement
            .Bind(place, id.Witness.Value)
            .Bind(place + 1, LedgerSchema.Spell(id.Boot.Value))
            .Bind(place + 2, id.Door.ToString())
            .Bind(place + 3, id.Kind.ToString())
            .Bind(place + 4, id.High.ToString("x16", CultureInfo.InvariantCulture))
            .Bind(place + 5, id.Low.ToString("x16", CultureInfo.InvariantCulture));

    internal static ReportId Report(this SqliteStatement statement, int column) =>
        new(
            new NodeId((int)statement.Long(column)),
            new BootId(LedgerSchema.ReadId(statement.Text(column + 1))),
            Enum.Parse<ReportDoor>(statement.Text(column + 2)),
            Enum.Parse<EventKind>(statement.Text(column + 3)),
            Half(statement.Text(column + 4)),
            Half(statement.Text(column + 5))
        );

    private static ulong Half(string text) =>
        ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
