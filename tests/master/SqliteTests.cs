using ClusterRas.Master.Sqlite;

namespace ClusterRas.Master.Tests;

public sealed class SqliteTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void Library_Absent_SaysWhatWasLookedForAndWhatToInstall()
    {
        var trouble = Should.Throw<SqliteException>(() => SqliteLibrary.Require("libsqlite3-absent.so.0"));

        trouble.Message.ShouldContain("libsqlite3-absent.so.0");
        trouble.Message.ShouldContain("apt install libsqlite3-0");
    }

    [Fact]
    public void Library_OfThisSystem_IsGoodEnough() => Should.NotThrow(() => SqliteLibrary.Require());

    [Fact]
    public void Statement_EveryKindOfValue_ComesBackAsItWas()
    {
        using var connection = Open();
        connection.Execute("CREATE TABLE t(a, b, c, d, e, f, g)");
        connection
            .Statement("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .Bind(1, long.MinValue)
            .Bind(2, "Grüße, \0 und mehr")
            .Bind(3, "")
            .Bind(4, new byte[] { 0, 255, 7 })
            .Bind(5, ReadOnlySpan<byte>.Empty)
            .BindNull(6)
            .Bind(7, true)
            .Run();

        var row = connection.Statement("SELECT * FROM t");

        row.Step().ShouldBeTrue();
        row.Long(0).ShouldBe(long.MinValue);
        row.Text(1).ShouldBe("Grüße, \0 und mehr");
        row.TextOrNull(2).ShouldBe("");
        row.Blob(3).ShouldBe([0, 255, 7]);
        row.IsNull(4).ShouldBeFalse();
        row.Blob(4).ShouldBeEmpty();
        row.TextOrNull(5).ShouldBeNull();
        row.LongOrNull(5).ShouldBeNull();
        row.Long(6).ShouldBe(1);
        row.Step().ShouldBeFalse();
    }

    [Fact]
    public void Statement_Wrong_TellsSqlitesOwnWords()
    {
        using var connection = Open();

        var trouble = Should.Throw<SqliteException>(() => connection.Statement("SELECT * FROM nowhere"));

        trouble.Message.ShouldContain("no such table: nowhere");
        trouble.Code.ShouldBe(1);
    }

    [Fact]
    public void Statement_ConstraintFails_TellsTheExtendedCodeAndCanBeUsedAgain()
    {
        using var connection = Open();
        connection.Execute("CREATE TABLE t(a INTEGER PRIMARY KEY)");
        connection.Statement("INSERT INTO t VALUES(?1)").Bind(1, 1).Run();

        var trouble = Should.Throw<SqliteException>(() =>
            connection.Statement("INSERT INTO t VALUES(?1)").Bind(1, 1).Run()
        );
        connection.Statement("INSERT INTO t VALUES(?1)").Bind(1, 2).Run();

        trouble.ExtendedCode.ShouldBe(1555);
        connection.Number("SELECT count(*) FROM t").ShouldBe(2);
    }

    [Fact]
    public void Open_AbsentFolder_TellsCannotOpen()
    {
        var path = Path.Combine(folder.Path, "absent", "x.db");

        var trouble = Should.Throw<SqliteException>(() => SqliteConnection.Open(path, create: true, TimeSpan.Zero));

        trouble.Code.ShouldBe(14);
        trouble.SystemErrno.ShouldBe(2);
    }

    public void Dispose() => folder.Dispose();

    private SqliteConnection Open() =>
        SqliteConnection.Open(Path.Combine(folder.Path, "test.db"), create: true, TimeSpan.Zero);
}
