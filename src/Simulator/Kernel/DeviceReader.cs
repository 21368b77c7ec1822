using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>The agent's side of the device: reads records, and writes acks by rules D1 and D2.</summary>
internal sealed class DeviceReader(Cluster cluster, Host host, AgentProcess process, HostKernel kernel, Prng chance)
{
    private static readonly TimeSpan KickEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan OpenAtOnceWithin = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan OpenAgainWithin = TimeSpan.FromSeconds(1);
    private readonly Dictionary<ulong, DeviceRecord> lastRead = [];
    private SentryDriver driver = kernel.Driver;
    private DeviceRef opened = new(1, 1);
    private bool isGone;
    private bool reads;

    /// <summary>Opens the device; whatever had queued up is read at once.</summary>
    public void Open()
    {
        driver = kernel.Driver;
        driver.Attach(this);
        ReadAfter(TimeSpan.FromMilliseconds(1));
    }

    /// <summary>A record was queued. A lost wake-up leaves it there until the next kick.</summary>
    public void Notice() =>
        ReadAfter(chance.Chance(1, 12) ? chance.Below(KickEvery) : chance.Below(TimeSpan.FromMilliseconds(1)));

    /// <summary>The driver was unloaded; what it still has nobody reads.</summary>
    public void NoticeGone()
    {
        isGone = true;

        // At once where the new driver is there already; else with the next try.
        cluster.Agenda.After(
            chance.Chance(1, 2) ? chance.Below(OpenAtOnceWithin) : chance.Below(OpenAgainWithin),
            OpenAgain
        );
    }

    /// <summary>The process runs again after a pause.</summary>
    public void Resume()
    {
        OpenAgain();
        Read();
    }

    /// <summary>Reads all that is there.</summary>
    public void Read()
    {
        reads = false;
        while (!process.IsPaused && !process.HasEnded && driver.Read() is { } record)
        {
            lastRead[record.Msgid] = record;
            cluster.See(new Sighting.Shown(cluster.Now, host.Node, host.Clock, record));
            process.Give(new Input.Raised(ReportOf(record), opened));
        }
    }

    /// <summary>Writes the ack for this word, if it would reach the message that it is meant for.</summary>
    public ReleaseOutcome Release(ReportId report, DeviceRef device, ulong result)
    {
        var last = lastRead.GetValueOrDefault(report.High);
        var outcome =
            device != opened || last is null || IdOf(last) != report ? ReleaseOutcome.Overtaken
            : last.TimeoutMs is null ? ReleaseOutcome.NobodyWaits
            : last.IsOver(host.Clock) ? ReleaseOutcome.Late
            : driver.Ack(report.High, result);
        cluster.See(new Sighting.AckWritten(cluster.Now, host.Node, host.Clock, report, last, outcome));
        return outcome;
    }

    private void OpenAgain()
    {
        if (isGone && !process.IsPaused && !process.HasEnded)
        {
            isGone = false;
            lastRead.Clear();
            opened = opened with { Epoch = opened.Epoch + 1 };
            process.Give(new Input.DeviceReopened(opened));
            Open();
        }
    }

    private void ReadAfter(TimeSpan delay)
    {
        if (!reads)
        {
            reads = true;
            cluster.Agenda.After(delay, Read);
        }
    }

    private ReportId IdOf(DeviceRecord record) =>
        ReportId.ForDevice(host.Node, host.Life.Boot, record.Kind, record.Msgid, record.StartNs);

    private Report ReportOf(DeviceRecord record)
    {
        var isLocal = record.Eid is null;
        var start = new Instant((long)record.StartNs);
        var words = new Words(
            IdOf(record),
            record.Eid,
            record.Cna,
            isLocal ? host.Node : null,
            isLocal ? host.Life.Boot : default,
            isLocal ? host.Life.Tag : (int)((record.TimeoutMs ?? 0) % 1000),
            record.TimeoutMs is null ? Waiter.Nobody
                : isLocal ? Waiter.StockLocal
                : Waiter.StockRemote,
            record.TimeoutMs,
            record.Detail
        );
        var ends = record.TimeoutMs is { } timeout ? start + TimeSpan.FromMilliseconds(timeout) : (Instant?)null;
        return new Report(words, start, ends);
    }
}
