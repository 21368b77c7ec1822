using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>The local reporter: events of this machine, of which two kinds block until they are answered.</summary>
internal sealed class LocalWork(Cluster cluster, Host host, HostKernel kernel)
{
    private static readonly TimeSpan Grid = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LooksAfter = TimeSpan.FromMilliseconds(300);
    private readonly SentryDriver driver = kernel.Driver;

    /// <summary>Shows one event.</summary>
    /// <param name="windowMs">0: nobody waits, and the record is shown once.</param>
    public void Tell(EventKind kind, int windowMs)
    {
        EventDetail? detail = kind switch
        {
            EventKind.OutOfMemory => new EventDetail.OutOfMemory([0], windowMs > 0, windowMs, windowMs > 0 ? 1 : 0),
            EventKind.MemoryFault => new EventDetail.MemoryFault(0x1000, 0, true, 1),
            EventKind.LinkChange => new EventDetail.LinkChange(1, new Cna(1), false),
            _ => null,
        };
        var record = new DeviceRecord(
            kind,
            driver.NewMsgid(),
            (ulong)host.Clock.Nanoseconds,
            windowMs > 0 ? windowMs : null,
            null,
            null,
            detail
        );
        cluster.See(new Sighting.Claimed(cluster.Now, host.Node, host.Life, kind, windowMs));
        if (windowMs == 0)
        {
            driver.Enqueue(record);
        }
        else
        {
            Round(record, windowMs / 1000);
        }
    }

    private void Round(DeviceRecord record, int left)
    {
        if (kernel.HasEnded || driver.IsUnloaded || !kernel.Runs || left == 0)
        {
            return;
        }

        driver.Enqueue(record);
        cluster.Agenda.After(
            LooksAfter,
            () =>
            {
                if (kernel.HasEnded || driver.IsUnloaded)
                {
                    return;
                }

                if (driver.TakeAnswer(record.Msgid, out _))
                {
                    cluster.See(
                        new Sighting.Freed(cluster.Now, host.Node, host.Life, record.Kind, host.Node, host.Life)
                    );
                }
                else
                {
                    cluster.Agenda.After(Grid - LooksAfter, () => Round(record, left - 1));
                }
            }
        );
    }
}
