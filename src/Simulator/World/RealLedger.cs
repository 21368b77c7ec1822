using System.Globalization;
using ClusterRas.Master;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Simulator.World;

/// <summary>The product's own ledger on SQLite behind a simulated disk: files in a folder that goes with the life. Written in step with the
/// simulated disk, on its thread; a crash leaves the files as they are.</summary>
/// <param name="parent">Folder of the life.</param>
/// <param name="name">Of this machine, unique in the life.</param>
internal sealed class RealLedger(string parent, string name) : IDisposable
{
    private static readonly LedgerCodec Codec = new(
        EntryCodec.EncodePayload,
        static bytes =>
            EntryCodec.TryDecodePayload(bytes, out var payload, out var reason) ? payload : throw Refused(reason),
        StoredReportCodec.Encode,
        static bytes =>
            StoredReportCodec.TryDecode(bytes, out var report, out var reason) ? report : throw Refused(reason)
    );

    // The life of a simulated cluster writes a few hundred pages: so that there are checkpoints at all.
    private const int CheckpointPages = 50;

    private int generation;
    private Ledger? ledger;

    /// <summary>What the running process writes to.</summary>
    /// <exception cref="InvalidOperationException">It is not open.</exception>
    public Ledger Open => ledger ?? throw new InvalidOperationException($"The ledger of {name} is not open.");

    private string Folder => Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{name}-{generation}"));

    /// <summary>A process starts on these files, or on a new disk where there are none.</summary>
    /// <param name="disk">The id of a new disk.</param>
    /// <exception cref="LedgerException">It cannot be used.</exception>
    public LedgerOpening Start(DiskId disk)
    {
        Close();
        var opening = Ledger.Open(
            new LedgerOptions
            {
                Folder = Folder,
                CheckpointPages = CheckpointPages,
                NewDisk = () => disk,
            },
            Codec
        );
        ledger = opening.Ledger;
        return opening;
    }

    /// <summary>Writes all that waits.</summary>
    /// <param name="failed">Why the ledger has failed; null: it has not.</param>
    /// <returns>The writes that it told as persisted; each stands for those before it.</returns>
    public List<Ticket> Write(out string? failed)
    {
        var told = new List<Ticket>();
        string? failure = null;
        var signals = new LedgerSignals(told.Add, reason => failure = reason, reason => failure = reason);
        while (ledger is { } open && open.WriteWaiting(signals)) { }

        failed = failure;
        return told;
    }

    /// <summary>The process is gone: the files stay as they are, with whatever is in the write-ahead log.</summary>
    public void Crash()
    {
        ledger?.Abandon();
        ledger = null;
    }

    /// <summary>Another, empty disk is in its place; nothing runs on it.</summary>
    public void Replace()
    {
        Close();
        generation++;
    }

    public void Dispose() => Close();

    private static InvalidDataException Refused(string reason) => new(reason);

    private void Close()
    {
        ledger?.Dispose();
        ledger = null;
    }
}
