using System.Globalization;
using System.Runtime.InteropServices;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Tests;

/// <summary>The process that tests kill, or whose disk they fill: a ledger that obeys lines on standard input and tells
/// on standard output what it was told.</summary>
internal static class LedgerVictim
{
    /// <summary>Writes under way in a storm. More than one group, so that a kill hits some of each kind.</summary>
    public const int UnderWayMax = 100;

    private static readonly Lock Output = new();

    public static int Run(string folder)
    {
        // A preloaded library stands before libc for other native code, but not for calls that .NET looks up in libc
        // itself.
        if (Environment.GetEnvironmentVariable("LD_PRELOAD") is { } faults)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(Ledger).Assembly,
                (name, _, _) => name == "libc" ? NativeLibrary.Load(faults) : 0
            );
        }

        LedgerOpening opening;
        try
        {
            opening = Ledger.Open(
                new LedgerOptions { Folder = folder, RetryEvery = TimeSpan.FromMilliseconds(20) },
                WireCodec.Instance
            );
        }
        catch (LedgerException refusal)
        {
            Tell($"refused {refusal.Message}");
            return 3;
        }

        Tell($"opened {opening.Condition} {opening.Reason}");
        using var ledger = opening.Ledger;
        using var slots = new SemaphoreSlim(UnderWayMax);
        long done = 0;
        ledger.Start(
            new LedgerSignals(
                ticket =>
                {
                    Tell($"persisted {ticket.Value}");
                    // A storm starts at any number, and single writes take no slot.
                    var free = (int)Math.Min(ticket.Value - done, UnderWayMax - slots.CurrentCount);
                    done = ticket.Value;
                    if (free > 0)
                    {
                        slots.Release(free);
                    }
                },
                reason => Tell($"stalled {reason}"),
                reason => Tell($"failed {reason}")
            )
        );

        var last = opening.State.Entries is { Count: > 0 } entries ? entries[^1].Index.Value : 0;
        while (Console.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["storm", var seed, var from]:
                    var start = long.Parse(from, CultureInfo.InvariantCulture);
                    done = start;
                    Rage(ledger, new Storm(ulong.Parse(seed, CultureInfo.InvariantCulture)), start, slots);
                    break;
                case ["write", var bytes]:
                    var size = int.Parse(bytes, CultureInfo.InvariantCulture);
                    last++;
                    var taken = ledger.Enqueue(new Ticket(last), Samples.Append(Samples.Bulk(last, 1, "bulk", size)));
                    Tell(taken ? $"taken {last}" : $"not taken {last}");
                    break;
                case ["fill"]:
                    Fill(Path.Combine(folder, "filler"));
                    Tell("filled");
                    break;
                case ["free"]:
                    File.Delete(Path.Combine(folder, "filler"));
                    Tell("freed");
                    break;
                case ["read"]:
                    Tell($"read {ledger.Reader.Incidents(10, null).Count}");
                    break;
            }
        }

        return 0;
    }

    private static void Rage(Ledger ledger, Storm storm, long from, SemaphoreSlim slots)
    {
        while (storm.Number < from)
        {
            storm.Next();
        }

        while (true)
        {
            slots.Wait();
            var (write, committed) = storm.Next();
            if (
                !ledger.Enqueue(new Ticket(storm.Number), write)
                || (committed is not null && !ledger.Enqueue(committed))
            )
            {
                return;
            }
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full, which is what was asked for.
        }
    }

    private static void Tell(string line)
    {
        lock (Output)
        {
            Console.Out.WriteLine(line.ReplaceLineEndings(" "));
            Console.Out.Flush();
        }
    }
}
