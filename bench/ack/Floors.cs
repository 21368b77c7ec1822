using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Master;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using Google.Protobuf;
using Grpc.Net.Client;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.AckBench;

/// <summary>What no ack can go below, measured with the same libraries, on the same loopback and file system.</summary>
/// <param name="RoundTrip">One link frame to another process and back.</param>
/// <param name="Chained">To a process that first asks a third one, as the master asks the other control nodes.</param>
/// <param name="Commit">One transaction of one row, synchronous=FULL.</param>
/// <param name="Written">One entry through the ledger's own thread: commit and mark.</param>
internal sealed record Floors(Quantiles RoundTrip, Quantiles Chained, Quantiles Commit, Quantiles Written)
{
    private const int WarmUps = 300;
    private const int PingCount = 1000;
    private const int CommitCount = 300;
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(1200);

    /// <summary>One round trip and one fsync.</summary>
    public double OneMs => RoundTrip.P50Ms + Commit.P50Ms;

    /// <summary>Two chained round trips and one fsync: witness to master, master to the others.</summary>
    public double TwoMs => Chained.P50Ms + Commit.P50Ms;

    /// <summary>Measures all of it; about 5 s.</summary>
    /// <param name="near">host:port of an <see cref="EchoHost"/>.</param>
    /// <param name="far">host:port of one that asks <paramref name="near"/> first.</param>
    /// <param name="folder">For the databases; new.</param>
    public static async Task<Floors> MeasureAsync(string near, string far, string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var roundTrip = await PingAsync(near, stop);
        var chained = await PingAsync(far, stop);
        return new Floors(roundTrip, chained, Commits(folder), await LedgerAsync(folder, stop));
    }

    private static async Task<Quantiles> PingAsync(string to, CancellationToken stop)
    {
        using var channel = GrpcChannel.ForAddress($"http://{to}");
        using var call = new V1.Link.LinkClient(channel).Open(cancellationToken: stop);
        var frame = new V1.LinkFrame { Frame = FrameCodec.ToWire(ReportFrame(), MonotonicClock.Now) };
        var lasted = new List<long>();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < PingCount + WarmUps && (lasted.Count < 50 || Stopwatch.GetElapsedTime(begun) < Each); i++)
        {
            var start = Stopwatch.GetTimestamp();
            await call.RequestStream.WriteAsync(frame, stop);
            await call.ResponseStream.MoveNext(stop);
            if (i >= WarmUps)
            {
                lasted.Add(Stopwatch.GetTimestamp() - start);
            }
        }

        await call.RequestStream.CompleteAsync();
        return Quantiles.Of(lasted);
    }

    private static Quantiles Commits(string folder)
    {
        using var connection = SqliteConnection.Open(
            Path.Combine(folder, "floor.db"),
            create: true,
            TimeSpan.FromSeconds(1)
        );
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL");
        connection.Execute("CREATE TABLE entries(log_index INTEGER PRIMARY KEY, body BLOB NOT NULL)");
        var body = FrameCodec.ToWire(ReportFrame(), MonotonicClock.Now).ToByteArray();
        var lasted = new List<long>();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < CommitCount && (i < 20 || Stopwatch.GetElapsedTime(begun) < Each); i++)
        {
            var start = Stopwatch.GetTimestamp();
            connection.Execute("BEGIN IMMEDIATE");
            connection.Statement("INSERT INTO entries VALUES(?1, ?2)").Bind(1, i).Bind(2, body).Run();
            connection.Execute("COMMIT");
            lasted.Add(Stopwatch.GetTimestamp() - start);
        }

        return Quantiles.Of(lasted);
    }

    private static async Task<Quantiles> LedgerAsync(string folder, CancellationToken stop)
    {
        var codec = new LedgerCodec(
            EntryCodec.EncodePayload,
            _ => Unread<EntryPayload>(),
            _ => [],
            _ => Unread<StoredReport>()
        );
        var opening = Ledger.Open(new LedgerOptions { Folder = Path.Combine(folder, "ledger") }, codec);
        using var ledger = opening.Ledger;
        var written = new SemaphoreSlim(0);
        ledger.Start(new LedgerSignals(_ => written.Release(), _ => { }, _ => { }));
        var lasted = new List<long>();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 1; i <= CommitCount && (i < 20 || Stopwatch.GetElapsedTime(begun) < Each); i++)
        {
            var entry = new Entry(new LogIndex(i), new Term(1), new EntryPayload.NoOp());
            var start = Stopwatch.GetTimestamp();
            ledger.Enqueue(new Ticket(i), DiskWrite.Nothing with { Append = [entry] });
            await written.WaitAsync(stop);
            lasted.Add(Stopwatch.GetTimestamp() - start);
        }

        return Quantiles.Of(lasted);
    }

    /// <summary>What a witness sends.</summary>
    private static Frame ReportFrame()
    {
        var now = MonotonicClock.Now;
        var id = ReportId.ForDevice(
            new NodeId(1),
            new BootId(UInt128.One << 100),
            EventKind.PowerOff,
            1,
            1_000_000_000_000
        );
        var words = new Words(id, null, null, new NodeId(1), id.Boot, 1, Waiter.StockLocal, 35_000, null);
        var report = new Report(words, now, now + TimeSpan.FromSeconds(35));
        return new Frame(1000, 999, ulong.MaxValue, new Message.Reporting(report));
    }

    private static T Unread<T>() => throw new UnreachableException("a new ledger is not read");
}
