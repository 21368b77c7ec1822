using System.Runtime.InteropServices;

namespace ClusterRas.Master.Sqlite;

/// <summary>Owns one <c>sqlite3_stmt*</c>.</summary>
internal sealed class SqliteStatementHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        // Gives the last step's error once more; it was told then.
        _ = SqliteNative.Finish(handle);
        return true;
    }
}
