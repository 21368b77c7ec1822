namespace ClusterRas.Master.Tests;

/// <summary>A folder of one test, gone with it.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ledger-").FullName;

    public string Database => System.IO.Path.Combine(Path, "ledger.db");

    public string Mark => System.IO.Path.Combine(Path, "ledger.mark");

    public LedgerOptions Options => new() { Folder = Path, RetryEvery = TimeSpan.FromMilliseconds(10) };

    public LedgerOpening Open() => Ledger.Open(Options, WireCodec.Instance);

    /// <summary>Opens, does one write after the other, each in a transaction of its own, and closes.</summary>
    public LedgerOpening Keep(params ReadOnlySpan<Protocol.DiskWrite> writes)
    {
        var opening = Open();
        using (opening.Ledger)
        {
            var told = new Told();
            opening.Ledger.Start(told.Signals);
            for (var i = 0; i < writes.Length; i++)
            {
                opening.Ledger.Enqueue(new(i + 1), writes[i]).ShouldBeTrue();
                told.WaitForPersisted(i + 1);
            }
        }

        return opening;
    }

    /// <summary>Opens, reads what is there, and closes.</summary>
    public LedgerOpening Look()
    {
        var opening = Open();
        opening.Ledger.Dispose();
        return opening;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
