using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>A machine's kernel for one boot: it dies aloud, it hears others die, and it has events of its own.</summary>
internal sealed class HostKernel
{
    private readonly Cluster cluster;
    private readonly Host host;
    private WitnessWork witness;
    private readonly VictimWork victim;
    private LocalWork local;

    public HostKernel(Cluster cluster, Host host, Prng chance)
    {
        (this.cluster, this.host) = (cluster, host);
        Driver = new SentryDriver(host);
        witness = new WitnessWork(cluster, host, this);
        victim = new VictimWork(cluster, host, this, (uint)chance.NextBits());
        local = new LocalWork(cluster, host, this);
    }

    /// <summary>The one that is loaded now.</summary>
    public SentryDriver Driver { get; private set; }

    /// <summary>User space runs; no more once the kernel panics or restarts.</summary>
    public bool Runs { get; private set; } = true;

    /// <summary>The machine is off or booted anew.</summary>
    public bool HasEnded { get; private set; }

    public void End() => HasEnded = true;

    /// <summary>Stops everything at once, tells who can hear it, blocks, and goes down.</summary>
    public void Panic(int windowMs, TimeSpan? rebootAfter)
    {
        if (!Runs)
        {
            return;
        }

        Runs = false;
        host.KillAgent("panic", closes: false);
        victim.Claim(EventKind.Panic, windowMs, () => host.PowerOff("panicked", rebootAfter));
    }

    /// <summary>User space is stopped in good order first; on the way down the kernel may still panic.</summary>
    public void Restart(int windowMs, TimeSpan? rebootAfter, TimeSpan? panicAfter)
    {
        if (!Runs)
        {
            return;
        }

        Runs = false;
        host.KillAgent("restart", closes: true);
        victim.Claim(
            EventKind.KernelReboot,
            windowMs,
            () =>
            {
                if (panicAfter is not { } delay)
                {
                    host.PowerOff("restarted", rebootAfter);
                    return;
                }

                cluster.Agenda.After(
                    delay,
                    () =>
                    {
                        if (!HasEnded)
                        {
                            victim.Claim(EventKind.Panic, windowMs, () => host.PowerOff("panicked", rebootAfter));
                        }
                    }
                );
            }
        );
    }

    /// <summary>Whatever the driver had in hand is given up, and a new one knows nothing of it.</summary>
    public void ReloadDriver()
    {
        if (!Runs || HasEnded)
        {
            return;
        }

        var old = Driver;
        Driver = new SentryDriver(host);
        witness = new WitnessWork(cluster, host, this);
        local = new LocalWork(cluster, host, this);
        old.Unload();
    }

    /// <summary>An event of this machine alone.</summary>
    public void Tell(EventKind kind, int windowMs)
    {
        if (Runs)
        {
            local.Tell(kind, windowMs);
        }
    }

    /// <summary>The device shows a record about a node that is well, again each second, as if its kernel had said so.</summary>
    public void Forge(NodeId victim, EventKind kind, int windowMs)
    {
        var self = cluster.Topology[victim];
        var record = new DeviceRecord(
            kind,
            Driver.NewMsgid(),
            (ulong)host.Clock.Nanoseconds,
            windowMs,
            self.Dies[0].Eid,
            self.Cna,
            null
        );
        Show(record, windowMs / 1000);
    }

    /// <summary>A dying kernel's message has come.</summary>
    public void Hear(VictimMessage message)
    {
        if (Runs && !HasEnded)
        {
            witness.Hear(message);
        }
    }

    /// <summary>A witness's kernel says that somebody has answered.</summary>
    public void HearAck(EventKind kind, NodeId by, bool overUvb, Life meant)
    {
        if (!HasEnded)
        {
            victim.HearAck(kind, by, overUvb, meant);
        }
    }

    private void Show(DeviceRecord record, int left)
    {
        if (HasEnded || !Runs || left <= 0)
        {
            return;
        }

        var shownBy = Driver;
        shownBy.Enqueue(record);
        if (!shownBy.TakeAnswer(record.Msgid, out _))
        {
            cluster.Agenda.After(
                TimeSpan.FromSeconds(1),
                () =>
                {
                    if (Driver == shownBy)
                    {
                        Show(record, left - 1);
                    }
                }
            );
        }
    }
}
