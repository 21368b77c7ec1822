using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterRas.Master.Sqlite;

/// <summary>Says in words what is wrong with the system's SQLite, before a first call would fail without any.</summary>
internal static class SqliteLibrary
{
    /// <summary>STRICT tables came with 3.37.0; Debian 12 has 3.40.1.</summary>
    internal const int VersionNumberMin = 3_037_000;

    /// <summary>Throws a <see cref="SqliteException"/> whose message is for the operator.</summary>
    internal static void Require(string library = SqliteNative.Library)
    {
        if (!NativeLibrary.TryLoad(library, typeof(SqliteLibrary).Assembly, searchPath: null, out _))
        {
            throw new SqliteException(
                $"The ledger needs SQLite, and the system's loader finds no {library}. Install it: "
                    + "'apt install libsqlite3-0' (Debian, Ubuntu) or 'dnf install sqlite-libs' (openEuler, Fedora)."
            );
        }

        var version = SqliteNative.VersionNumber();
        if (version < VersionNumberMin)
        {
            throw new SqliteException(
                $"The ledger needs SQLite {Spell(VersionNumberMin)} or newer, and {library} is {Spell(version)}."
            );
        }

        if (SqliteNative.ThreadSafe() == 0)
        {
            throw new SqliteException($"{library} is built for one thread only (SQLITE_THREADSAFE=0).");
        }
    }

    private static string Spell(int version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}"
        );
}
