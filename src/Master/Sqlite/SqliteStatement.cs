using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace ClusterRas.Master.Sqlite;

/// <summary>One prepared statement. Places count from 1, columns from 0, as in SQLite itself.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteStatementHandle handle;

    internal SqliteStatement(SqliteConnection connection, SqliteStatementHandle handle)
    {
        this.connection = connection;
        this.handle = handle;
    }

    internal SqliteStatement Bind(int place, long value)
    {
        connection.Check(SqliteNative.BindLong(handle, place, value));
        return this;
    }

    internal SqliteStatement Bind(int place, long? value) => value is { } known ? Bind(place, known) : BindNull(place);

    internal SqliteStatement Bind(int place, bool value) => Bind(place, value ? 1L : 0L);

    internal SqliteStatement Bind(int place, string? value)
    {
        if (value is null)
        {
            return BindNull(place);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            // The rented array is never empty, so that an empty text does not become a null pointer and so NULL.
            var length = Encoding.UTF8.GetBytes(value, bytes);
            connection.Check(SqliteNative.BindText(handle, place, bytes, length, SqliteNative.Transient));
            return this;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    internal SqliteStatement Bind(int place, ReadOnlySpan<byte> value)
    {
        var code = value.IsEmpty
            ? SqliteNative.BindZeroBlob(handle, place, 0)
            : SqliteNative.BindBlob(handle, place, value, value.Length, SqliteNative.Transient);
        connection.Check(code);
        return this;
    }

    internal SqliteStatement BindNull(int place)
    {
        connection.Check(SqliteNative.BindNull(handle, place));
        return this;
    }

    /// <summary>True: there is a row. After false or an exception the statement can be bound and run again.</summary>
    internal bool Step()
    {
        var code = SqliteNative.Step(handle);
        if (code == SqliteNative.Row)
        {
            return true;
        }

        var error = code == SqliteNative.Done ? null : connection.Error(code);
        Clear();
        return error is null ? false : throw error;
    }

    /// <summary>Runs to the end.</summary>
    internal void Run()
    {
        while (Step()) { }
    }

    internal bool IsNull(int column) => SqliteNative.ColumnType(handle, column) == SqliteNative.TypeNull;

    internal long Long(int column) => SqliteNative.ColumnLong(handle, column);

    internal long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    internal string Text(int column) => TextOrNull(column) ?? "";

    internal string? TextOrNull(int column)
    {
        // The text is asked for first: it may convert, and the length is that of the converted form.
        var text = SqliteNative.ColumnText(handle, column);
        return text == 0 ? null : Marshal.PtrToStringUTF8(text, SqliteNative.ColumnBytes(handle, column));
    }

    internal byte[] Blob(int column)
    {
        var from = SqliteNative.ColumnBlob(handle, column);
        var bytes = new byte[from == 0 ? 0 : SqliteNative.ColumnBytes(handle, column)];
        if (bytes.Length > 0)
        {
            Marshal.Copy(from, bytes, 0, bytes.Length);
        }

        return bytes;
    }

    /// <summary>Ends the current run and forgets what was bound.</summary>
    internal void Clear()
    {
        // Repeats the last step's error, which was told then.
        _ = SqliteNative.Reset(handle);
        _ = SqliteNative.ClearBindings(handle);
    }

    public void Dispose() => handle.Dispose();
}
