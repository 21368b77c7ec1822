using System.Diagnostics;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Sources;

/// <summary>Words of kernels: device records from sysSentry's driver, or from a FIFO in its place.</summary>
/// <remarks>
/// One thread reads, which blocks; another writes answers and kicks the first one out of its read every now and then:
/// the driver has no poll, and a record that a lost wake-up holds back comes with the next read.
/// </remarks>
internal sealed class SentryDevice : IEventSource
{
    private const int HeadLength = 16;
    private const int EmptyReadsMax = 20;
    private const int NamedMax = 16;
    private const int NamedEvery = 100;
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(10);

    private readonly SentryDeviceOptions options;
    private readonly Witness witness;
    private readonly Func<Instant> clock;
    private readonly ILogger log;
    private readonly SentryCounters counters = new();
    private readonly ThreadKick kick = new();
    private readonly ManualResetEventSlim stop = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReleaseDesk desk;
    private readonly string kinds;
    private Action<Input> into = static _ => { };
    private string refusedBefore = "";
    private bool isStarted;
    private volatile bool isSilent;

    public SentryDevice(SentryDeviceOptions options, Witness witness, Func<Instant> clock, ILogger log)
    {
        this.options = options;
        this.witness = witness;
        this.clock = clock;
        this.log = log;
        kinds = options.Kinds.Count == 0 ? "none" : string.Join(", ", options.Kinds.Order());
        desk = new ReleaseDesk(options, clock, counters, kick, Tell, log);
    }

    /// <inheritdoc />
    public string Name => options.Path;

    /// <inheritdoc />
    public int Number => options.Number;

    /// <summary>What was read and answered so far.</summary>
    public SentryTally Tally => counters.Tally;

    /// <inheritdoc />
    public void Start(Action<Input> into)
    {
        this.into = into;
        isStarted = true;
        new Thread(ReadAlways) { Name = $"sentry-{Number} read", IsBackground = true }.Start();
        desk.Start();
    }

    /// <inheritdoc />
    public void Release(Effect.Release release) => desk.Take(release);

    /// <summary>Writes what was already to be released, then ends both threads within a second.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isStarted)
        {
            var patience = Task.Delay(TimeSpan.FromMilliseconds(900));
            await Task.WhenAny(desk.DisposeAsync().AsTask(), patience).ConfigureAwait(false);
            stop.Set();
            while (!ended.Task.IsCompleted && !patience.IsCompleted)
            {
                // Again and again: a kick that comes between two reads is lost.
                kick.Kick();
                await Task.WhenAny(ended.Task, Task.Delay(ShortWait)).ConfigureAwait(false);
            }

            if (!ended.Task.IsCompleted)
            {
                SourceLog.Stuck(log, Name);
            }
        }

        isSilent = true;
    }

    private void ReadAlways()
    {
        try
        {
            kick.Enter();
            while (!stop.IsSet)
            {
                var lasted = Stopwatch.StartNew();
                try
                {
                    ReadOneOpening();
                }
                catch (Exception error)
                {
                    // Whatever it is, the next kernel's last words must still find a reader.
                    SourceLog.Failed(log, Name, options.RetryEvery, error);
                }

                // What has lasted is opened again at once; what has not must not fill the log.
                var wait = options.RetryEvery - lasted.Elapsed;
                stop.Wait(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            }
        }
        finally
        {
            kick.Leave();
            ended.SetResult();
        }
    }

    private void ReadOneOpening()
    {
        using var channel = SentryChannel.Open(options.Path, options.OpenAsDevice, log, out var refusal);
        if (channel is null)
        {
            if (refusal != refusedBefore)
            {
                SourceLog.NotOpened(log, Name, refusal, options.RetryEvery);
                refusedBefore = refusal;
            }

            return;
        }

        refusedBefore = "";
        var device = new DeviceRef(Number, counters.Opened(), channel.KeepsCopies);
        desk.Open(channel, device);
        SourceLog.Opened(log, Name, channel.Kind, device.Epoch, kinds);
        if (device.Epoch > 1)
        {
            Tell(new Input.DeviceReopened(device));
        }

        try
        {
            var reason = ReadUntilGone(channel, device);
            if (!stop.IsSet)
            {
                SourceLog.Gone(log, Name, reason);
            }
        }
        finally
        {
            desk.Close();
        }
    }

    /// <returns>Why there is nothing more to read; without a meaning after a stop.</returns>
    private string ReadUntilGone(SentryChannel channel, DeviceRef device)
    {
        var emptyReads = 0;
        var isSecond = false;
        while (!stop.IsSet)
        {
            var errno = channel.Read(out var bytes);
            if (isSecond && errno != Errno.NotPermitted)
            {
                isSecond = false;
                SourceLog.SoleReader(log, Name);
            }

            emptyReads = errno == Errno.None && bytes.IsEmpty ? emptyReads + 1 : 0;
            switch (errno)
            {
                case Errno.None when !bytes.IsEmpty:
                    Take(bytes, device);
                    break;
                case Errno.None when emptyReads >= EmptyReadsMax:
                    return "it ends where records should come";
                case Errno.None or Errno.TryAgain:
                    // EAGAIN: the driver could not hand the record over and has put it back.
                    stop.Wait(ShortWait);
                    break;
                case Errno.Interrupted or Errno.Restart:
                    if (channel.IsReplaced())
                    {
                        return "its name now leads elsewhere";
                    }

                    break;
                case Errno.BadAddress:
                    SourceLog.RecordLost(log, Name);
                    stop.Wait(ShortWait);
                    break;
                case Errno.NotPermitted:
                    if (!isSecond)
                    {
                        isSecond = true;
                        SourceLog.SecondReader(log, Name, options.RetryEvery);
                    }

                    // The descriptor is kept: the records that came from it can still be answered there (D1).
                    stop.Wait(options.RetryEvery);
                    break;
                default:
                    return $"read: {LibC.Describe(errno)}";
            }
        }

        return "";
    }

    private void Take(ReadOnlySpan<byte> bytes, DeviceRef device)
    {
        var now = clock();
        foreach (var piece in RecordSplit.Split(bytes, now))
        {
            var found = bytes.Slice(piece.Offset, piece.Length);
            if (piece.Reading is DeviceRecordReading.Taken taken)
            {
                Raise(taken.Record, found, device, now);
            }
            else if (piece.Reading is DeviceRecordReading.Refused refused)
            {
                Refuse(refused, found);
            }
        }
    }

    private void Raise(DeviceRecord record, ReadOnlySpan<byte> bytes, DeviceRef device, Instant now)
    {
        var report = witness.Report(record, now);
        var kind = report.Words.Kind;

        // Also where its kind is off: the kernel has given the msgid to this record, so an older one has lost it.
        if (!desk.Remember(report, bytes, Witness.EidOf(record)))
        {
            SourceLog.SharedMsgid(log, report.Id, Name);
        }

        if (options.Kinds.Contains(kind))
        {
            counters.Raised();
            Tell(new Input.Raised(report, device));
        }
        else if (counters.Off(kind) == 1)
        {
            SourceLog.KindOff(log, kind, Name);
        }
    }

    private void Refuse(DeviceRecordReading.Refused refused, ReadOnlySpan<byte> bytes)
    {
        var count = counters.Refused(refused.Why);
        if (count <= NamedMax || count % NamedEvery == 0)
        {
            var head = Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, HeadLength)]);
            SourceLog.RecordRefused(log, Name, refused.Reason, head, count);
        }
    }

    private void Tell(Input input)
    {
        if (!isSilent)
        {
            into(input);
        }
    }
}
