using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>Real work of a real ledger on a watched disk: appends, truncations, votes, snapshots, words, entries that are only shown,
/// checkpoints, an orderly stop in the middle and a start after it.</summary>
internal sealed class CrashStory : IDisposable
{
    private const int BurstMax = 4;
    public static readonly BootId Boot = new(0xB007);

    private readonly TestFolder folder = new();
    private readonly Prng chance;
    private readonly Storm storm;

    public CrashStory(ulong seed)
    {
        (chance, storm) = (new Prng(seed ^ 0xD15C), new Storm(seed));
        Disk = new WatchedDisk(folder.Path);
    }

    public WatchedDisk Disk { get; }

    /// <summary>How the ledger ended; null: in order.</summary>
    public string? Failure { get; private set; }

    public DiskId DiskId { get; private set; }

    /// <summary>What the disk refuses while the ledger works; opening and closing are not disturbed.</summary>
    public Func<DiskCall, DiskAnswer> Refuse { get; set; } = _ => DiskAnswer.Done;

    /// <summary>Small enough for many checkpoints in a short story.</summary>
    public static LedgerOptions OptionsFor(string folder) =>
        new()
        {
            Folder = folder,
            RetryEvery = TimeSpan.FromMilliseconds(1),
            ShowWithin = TimeSpan.Zero,
            CheckpointPages = 24,
        };

    /// <summary>Writes so many more, opening and closing the ledger around them. After a failure of the ledger the rest is left out.</summary>
    public void Live(int writeCount)
    {
        var opening = Ledger.Open(OptionsFor(folder.Path), WireCodec.Instance);
        DiskId = opening.State.Disk;
        var told = new Told();
        using (var ledger = opening.Ledger)
        {
            Disk.Note(new DiskOperation.Opened());
            Disk.Note(new DiskOperation.Tagged(ledger.NextTag(Boot)));
            ledger.Start(
                told.Signals with
                {
                    Persisted = ticket =>
                    {
                        Disk.Note(new DiskOperation.Told(ticket.Value));
                        told.Signals.Persisted(ticket);
                    },
                }
            );
            Disk.Fault = (call, _) => Refuse(call);
            for (var left = writeCount; left > 0 && Failure is null; )
            {
                var burst = (int)Math.Min(left, 1 + chance.Below(BurstMax));
                left -= burst;
                Burst(ledger, told, burst);
            }

            Disk.Fault = WatchedDisk.Sound;
        }
    }

    public void Dispose()
    {
        Disk.Dispose();
        folder.Dispose();
    }

    /// <summary>Several at once go into one transaction, or into two.</summary>
    private void Burst(Ledger ledger, Told told, int count)
    {
        long durable = 0;
        for (; count > 0; count--)
        {
            var (write, committed) = storm.Next();
            Disk.Note(new DiskOperation.Enqueued(storm.Number));
            if (
                !ledger.Enqueue(new Ticket(storm.Number), write)
                || (committed is not null && !ledger.Enqueue(committed))
            )
            {
                break;
            }

            durable = new LedgerWork.Write(default, write).IsDurable ? storm.Number : durable;
        }

        Failure = told.WaitForPersistedOrFailed(durable);
    }
}
