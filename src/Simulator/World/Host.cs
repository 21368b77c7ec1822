using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Kernel;

namespace ClusterRas.Simulator.World;

/// <summary>A machine: its clock, its disk, its kernel, and the agent that runs on it.</summary>
internal sealed class Host
{
    private readonly Cluster cluster;
    private readonly Prng chance;
    private long clockOffsetNs;
    private int tag;

    public Host(Cluster cluster, NodeId node, Prng chance)
    {
        (this.cluster, Node, this.chance) = (cluster, node, chance);
        Disk = new Disk(cluster, this, new DiskId(chance.NextWide()), chance.Fork());
        tag = (int)chance.Below(Life.TagMax);
    }

    public NodeId Node { get; }

    public Disk Disk { get; }

    /// <summary>Null: off.</summary>
    public HostKernel? Kernel { get; private set; }

    /// <summary>Null: the agent does not run.</summary>
    public AgentProcess? Process { get; private set; }

    public Life Life { get; private set; }

    /// <summary>This machine's CLOCK_MONOTONIC.</summary>
    public Instant Clock => new(clockOffsetNs + (cluster.Now.Ticks * 100));

    /// <summary>The first time at which this machine's clock has reached the instant.</summary>
    public TimeSpan TimeOf(Instant instant) =>
        instant == Instant.Never ? TimeSpan.MaxValue : new TimeSpan((instant.Nanoseconds - clockOffsetNs + 99) / 100);

    /// <summary>On, in a new life; the agent starts a little later.</summary>
    public void Boot(TimeSpan agentAfter)
    {
        if (Kernel is not null)
        {
            return;
        }

        // A machine's clock begins at its boot; the first boot may lie days back.
        var uptime = Life == default ? chance.Below(TimeSpan.FromDays(20)) : TimeSpan.FromSeconds(5);
        clockOffsetNs = (uptime - cluster.Now).Ticks * 100;
        tag = (tag % Life.TagMax) + 1;
        Life = new Life(new BootId(chance.NextWide()), cluster.Plan.Untagged.Contains(Node) ? 0 : tag);
        Kernel = new HostKernel(cluster, this, chance.Fork());
        cluster.See(new Sighting.Booted(cluster.Now, Node, Life));
        StartAgentAfter(agentAfter);
    }

    /// <summary>The agent starts after a while, if the machine still runs then and nobody else started one.</summary>
    public void StartAgentAfter(TimeSpan delay)
    {
        var kernel = Kernel;
        cluster.Agenda.After(
            delay,
            () =>
            {
                if (Kernel == kernel && kernel is { Runs: true } && Process is null)
                {
                    Process = new AgentProcess(cluster, this, kernel, chance.Fork());
                    Process.Start();
                }
            }
        );
    }

    /// <summary>The agent ends at once; whatever it had not yet done is not done.</summary>
    /// <param name="closes">The kernel lives on and closes the connections.</param>
    public void KillAgent(string why, bool closes)
    {
        if (Process is not { } process)
        {
            return;
        }

        Process = null;
        process.End();
        Disk.LoseWriter();
        Kernel?.Driver.Detach();
        cluster.Network.Forget(Node, closes);
        cluster.See(new Sighting.Stopped(cluster.Now, Node, why));
    }

    /// <summary>The machine is off, without a word on the wire.</summary>
    public void PowerOff(string why, TimeSpan? backAfter)
    {
        if (Kernel is not { } kernel)
        {
            return;
        }

        KillAgent(why, closes: false);
        Kernel = null;
        kernel.End();
        cluster.See(new Sighting.Off(cluster.Now, Node, why));
        if (backAfter is { } back)
        {
            cluster.Agenda.After(back, () => Boot(chance.Below(TimeSpan.FromSeconds(1))));
        }
    }
}
