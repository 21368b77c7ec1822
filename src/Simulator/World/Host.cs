using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Kernel;

namespace ClusterRas.Simulator.World;

/// <summary>A machine: its clock, its disk, its kernel, and the agent that runs on it.</summary>
internal sealed class Host
{
    private static readonly TimeSpan BackBeforeFounding = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BootTakes = TimeSpan.FromSeconds(5);
    private readonly Cluster cluster;
    private readonly Prng chance;
    private readonly MonotonicClock clock;
    private int tag;
    private TimeSpan offAt;

    public Host(Cluster cluster, NodeId node, Prng chance)
    {
        (this.cluster, Node, this.chance) = (cluster, node, chance);
        clock = new MonotonicClock(cluster.Agenda);
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
    public Instant Clock => clock.Now;

    /// <summary>How far this machine's wall clock is off. Nothing here reads it: there is nothing to read.</summary>
    public TimeSpan WallClockOffset { get; set; }

    /// <summary>The agent is started with a map that is not the others'.</summary>
    public bool HasForeignMap { get; set; }

    /// <summary>Fenced: nobody can switch it on, whatever was planned before.</summary>
    public bool IsDestroyed { get; set; }

    /// <summary>The file that was put there with a later map; null: the first one.</summary>
    public Topology? File { get; set; }

    /// <summary>The map that the agent is started with.</summary>
    public Topology Map => HasForeignMap ? cluster.Plan.Shape.ForeignTopology(Node) : File ?? cluster.Topology;

    /// <summary>The first time at which this machine's clock has reached the instant.</summary>
    public TimeSpan TimeOf(Instant instant) => clock.TimeOf(instant);

    /// <summary>From now on the clock gains so many microseconds per second.</summary>
    public void Drift(int ppm) => clock.Drift(ppm);

    /// <summary>On, in a new life; the agent starts a little later.</summary>
    public void Boot(TimeSpan agentAfter)
    {
        if (Kernel is not null || IsDestroyed)
        {
            return;
        }

        // A machine's clock begins at its boot, which is never before it went off; the first boot may lie days back.
        var off = cluster.Now - offAt;
        var uptime =
            Life == default ? chance.Below(TimeSpan.FromDays(20))
            : off < BootTakes ? off
            : BootTakes;
        clock.Begin(uptime);
        tag = (tag % Life.TagMax) + 1;
        Life = new Life(new BootId(chance.NextWide()), cluster.Plan.Untagged.Contains(Node) ? 0 : tag);
        Kernel = new HostKernel(cluster, this, chance.Fork());
        cluster.See(new Sighting.Booted(cluster.Now, Node, Life));
        StartAgentAfter(agentAfter);
    }

    /// <summary>The agent starts after a while, if the machine still runs then and nobody else started one.</summary>
    /// <param name="takes">So long it is there and does nothing.</param>
    public void StartAgentAfter(TimeSpan delay, TimeSpan takes = default)
    {
        var kernel = Kernel;
        cluster.Agenda.After(
            delay,
            () =>
            {
                if (Kernel == kernel && kernel is { Runs: true } && Process is null)
                {
                    Process = new AgentProcess(cluster, this, kernel, chance.Fork());
                    Process.Start(takes);
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
        offAt = cluster.Now;
        kernel.End();
        cluster.See(new Sighting.Off(cluster.Now, Node, why));
        // A first start needs all of its voters (B3): who would be gone for good before it is repaired first.
        if ((backAfter ?? (cluster.IsFounded ? null : BackBeforeFounding)) is { } back)
        {
            cluster.Agenda.After(back, () => Boot(chance.Below(TimeSpan.FromSeconds(1))));
        }
    }

    /// <summary>A caller says a word here.</summary>
    /// <returns>False: there is nobody to say it to.</returns>
    public bool Say(NodeId victim, EventKind kind, int windowMs)
    {
        if (Process is not { } process)
        {
            return false;
        }

        var life = cluster.Host(victim).Life;
        var words = new Words(
            ReportId.ForNonce(Node, Life.Boot, ReportDoor.Said, kind, chance.NextWide()),
            null,
            null,
            victim,
            victim == Node ? life.Boot : default,
            0,
            Waiter.Ours,
            windowMs,
            new EventDetail.Text("said")
        );
        var ends = Clock + TimeSpan.FromMilliseconds(windowMs);
        cluster.See(new Sighting.Claimed(cluster.Now, victim, life, kind, windowMs));
        process.Give(new Input.Raised(new Report(words, Clock, ends), null));
        return true;
    }
}
