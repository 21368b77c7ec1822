using System.Globalization;

namespace ClusterRas.Master;

/// <summary>The names in a ledger's folder.</summary>
internal sealed class LedgerFiles(string folder)
{
    internal string Folder { get; } = folder;

    /// <summary>The SQLite database; <c>-wal</c> and <c>-shm</c> beside it belong to it.</summary>
    internal string Database { get; } = Path.Combine(folder, "ledger.db");

    /// <summary>The high-water mark.</summary>
    internal string Mark { get; } = Path.Combine(folder, "ledger.mark");

    /// <summary>True if any byte of a database is there.</summary>
    internal bool HasDatabase => new FileInfo(Database) is { Exists: true, Length: > 0 } || File.Exists(Wal);

    private string Wal => Database + "-wal";

    /// <summary>Moves all files into a folder named after the time, unchanged and under their own names.</summary>
    /// <remarks>The mark goes last: as long as it is here, a half-done move is found and done again at the next
    /// start.</remarks>
    /// <returns>That folder.</returns>
    internal string SetAside(DateTimeOffset now)
    {
        var name = "set-aside-" + now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var target = Path.Combine(Folder, name);
        for (var again = 2; Directory.Exists(target); again++)
        {
            target = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{again}"));
        }

        Directory.CreateDirectory(target);
        foreach (var file in (ReadOnlySpan<string>)[Database, Wal, Database + "-shm", Mark])
        {
            if (File.Exists(file))
            {
                File.Move(file, Path.Combine(target, Path.GetFileName(file)));
            }
        }

        DiskSync.FlushFolder(target);
        DiskSync.FlushFolder(Folder);
        return target;
    }
}
