using System.Runtime.InteropServices;

namespace ClusterRas.Master.Sqlite;

/// <summary>Owns one <c>sqlite3*</c>. Statements may outlive it: SQLite then closes when the last one is
/// gone.</summary>
internal sealed class SqliteConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => SqliteNative.Close(handle) == SqliteNative.Ok;
}
