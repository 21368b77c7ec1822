using ClusterRas.Fabric;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>Reads the incident tables over a connection of its own; any thread, one at a time.</summary>
/// <remarks>A read sees the last transaction that was committed and holds up no writer. Where the log and this differ,
/// the log is right and this is up to 50 ms behind.</remarks>
public sealed class LedgerReader : IDisposable
{
    private const string Columns =
        "id, victim, boot, tag, claim, kind, opened_kind, drill, verdict, result, left_ms, reports, "
        + "fell_silent_index, state, closed_index, close_reason, closed_by, written_utc";

    private readonly Lock gate = new();
    private readonly LedgerFiles files;
    private SqliteConnection? connection;
    private bool closed;

    internal LedgerReader(LedgerFiles files) => this.files = files;

    /// <summary>The newest incidents, newest first.</summary>
    /// <param name="countMax">At most this many.</param>
    /// <param name="before">Only older ones than this; null: from the newest.</param>
    /// <exception cref="LedgerException">The database cannot be read.</exception>
    public IReadOnlyList<IncidentRow> Incidents(int countMax, IncidentId? before) =>
        Read(open =>
        {
            var rows = new List<IncidentRow>();
            var row = open.Statement($"SELECT {Columns} FROM incidents WHERE id < ?1 ORDER BY id DESC LIMIT ?2")
                .Bind(1, before?.Index.Value ?? long.MaxValue)
                .Bind(2, countMax);
            while (row.Step())
            {
                rows.Add(Incident(row));
            }

            return rows;
        });

    /// <summary>One incident with everything that was said about it; null: not known here (any more).</summary>
    /// <exception cref="LedgerException">The database cannot be read.</exception>
    public IncidentFile? Find(IncidentId id) =>
        Read(open =>
        {
            var row = open.Statement($"SELECT {Columns} FROM incidents WHERE id = ?1").Bind(1, id.Index.Value);
            if (!row.Step())
            {
                return null;
            }

            var incident = Incident(row);
            row.Clear();
            return new IncidentFile(incident, Reports(open, id), Answers(open, id), Releases(open, id));
        });

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            connection?.Dispose();
            connection = null;
        }
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            try
            {
                connection ??= SqliteConnection.OpenForReading(files.Database, LedgerWriter.BusyTimeout);
                // One snapshot for all statements of a read.
                connection.Execute("BEGIN");
                var result = read(connection);
                connection.Execute("COMMIT");
                return result;
            }
            catch (Exception trouble)
            {
                // Also ends the transaction: one left open would keep the write-ahead log from being emptied.
                connection?.Dispose();
                connection = null;
                throw new LedgerException($"The ledger in {files.Folder} cannot be read. {trouble.Message}", trouble);
            }
        }
    }

    private static IncidentRow Incident(SqliteStatement row) =>
        new(
            new IncidentId(new LogIndex(row.Long(0))),
            new NodeId((int)row.Long(1)),
            new Life(new BootId(LedgerSchema.ReadId(row.Text(2))), (int)row.Long(3)),
            (int)row.Long(4),
            Enum.Parse<EventKind>(row.Text(5)),
            Enum.Parse<EventKind>(row.Text(6)),
            row.Long(7) != 0,
            Enum.Parse<Verdict>(row.Text(8)),
            unchecked((ulong)row.Long(9)),
            row.LongOrNull(10),
            row.Long(11),
            Index(row.LongOrNull(12)),
            row.Text(13) == "open",
            Index(row.LongOrNull(14)),
            row.Text(15),
            row.Text(16),
            row.Text(17)
        );

    private static LogIndex? Index(long? value) => value is { } known ? new LogIndex(known) : null;

    private static List<ReportRow> Reports(SqliteConnection open, IncidentId id)
    {
        var rows = new List<ReportRow>();
        var row = open.Statement(
                "SELECT log_index, witness, witness_boot, door, kind, id_high, id_low, age_ms, left_ms, detail "
                    + "FROM reports WHERE incident = ?1 ORDER BY log_index"
            )
            .Bind(1, id.Index.Value);
        while (row.Step())
        {
            rows.Add(
                new ReportRow(new LogIndex(row.Long(0)), row.Report(1), row.Long(7), row.LongOrNull(8), row.Text(9))
            );
        }

        return rows;
    }

    private static List<AnswerRow> Answers(SqliteConnection open, IncidentId id)
    {
        var results = new List<(long At, HandlerResult Result)>();
        var row = open.Statement(
                "SELECT log_index, handler, outcome, result, message FROM handler_results "
                    + "WHERE incident = ?1 ORDER BY log_index, handler"
            )
            .Bind(1, id.Index.Value);
        while (row.Step())
        {
            var outcome = Enum.Parse<HandlerOutcome>(row.Text(2));
            var result = unchecked((ulong)row.Long(3));
            results.Add((row.Long(0), new HandlerResult(row.Text(1), outcome, result, row.Text(4))));
        }

        var rows = new List<AnswerRow>();
        row = open.Statement("SELECT log_index, verdict, result FROM answers WHERE incident = ?1 ORDER BY log_index")
            .Bind(1, id.Index.Value);
        while (row.Step())
        {
            var at = row.Long(0);
            var verdict = Enum.Parse<Verdict>(row.Text(1));
            var result = unchecked((ulong)row.Long(2));
            HandlerResult[] own = [.. results.Where(known => known.At == at).Select(known => known.Result)];
            rows.Add(new AnswerRow(new LogIndex(at), verdict, result, own));
        }

        return rows;
    }

    private static List<ReleaseRow> Releases(SqliteConnection open, IncidentId id)
    {
        var rows = new List<ReleaseRow>();
        var row = open.Statement(
                "SELECT log_index, witness, witness_boot, door, kind, id_high, id_low, verdict, outcome, left_ms "
                    + "FROM releases WHERE incident = ?1 ORDER BY log_index"
            )
            .Bind(1, id.Index.Value);
        while (row.Step())
        {
            rows.Add(
                new ReleaseRow(
                    new LogIndex(row.Long(0)),
                    row.Report(1),
                    Enum.Parse<Verdict>(row.Text(7)),
                    Enum.Parse<ReleaseOutcome>(row.Text(8)),
                    row.LongOrNull(9)
                )
            );
        }

        return rows;
    }
}
