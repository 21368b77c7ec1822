using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulator.World;

/// <summary>One cluster in its world, from the first boot to the end of the plan. One thread, one agenda.</summary>
internal sealed class Cluster
{
    private const long StepsMax = 20_000_000;
    private readonly Judges judges;
    private readonly Transcript? transcript;
    private readonly Host[] hosts;
    private readonly Prng chance;
    private Fault.UnluckySeat? unlucky;

    /// <param name="transcript">Null: none is written.</param>
    public Cluster(FaultPlan plan, Transcript? transcript)
    {
        Plan = plan;
        this.transcript = transcript;
        Topology = plan.Shape.Topology;
        var options = new ProtocolOptions { UvbEnabled = plan.Shape.Uvb };
        Options = plan.LogEntriesMax is { } entries ? options with { LogEntriesMax = entries } : options;
        judges = Judges.Sworn(plan.Shape);
        chance = new Prng(plan.Seed ^ 0x5157_0f_c1a5_7e45);
        Network = new Network(this, chance.Fork());
        Operator = new Operator(this, chance.Fork());
        hosts = [.. Topology.Nodes.Select(node => new Host(this, node.Id, chance.Fork()))];
    }

    public FaultPlan Plan { get; }

    public Topology Topology { get; }

    public ProtocolOptions Options { get; }

    public Agenda Agenda { get; } = new();

    public Network Network { get; }

    public Operator Operator { get; }

    public TimeSpan Now => Agenda.Now;

    /// <summary>Steps of all machines so far.</summary>
    public long StepCount { get; private set; }

    public Host Host(NodeId node) => hosts[node.Value];

    /// <summary>Plays the plan to its end or to the first violation; null: all promises were kept.</summary>
    public Violation? Run()
    {
        foreach (var host in hosts)
        {
            host.Boot(Plan.StartAt[host.Node.Value]);
        }

        Operator.Begin();
        foreach (var fault in Plan.Faults)
        {
            Agenda.At(fault.At, () => Begin(fault));
        }

        Agenda.At(Plan.FaultsEnd, Mend);
        while (judges.Violation is null && Agenda.Next(Plan.End) is { } occurrence)
        {
            occurrence.Happen();
        }

        if (judges.Violation is null)
        {
            See(new Sighting.Settled(Now, Running()));
        }

        return judges.Violation;
    }

    /// <summary>Every sighting passes here: to the chronicle, the judges and the transcript.</summary>
    public void See(Sighting sighting)
    {
        transcript?.Write(sighting);
        judges.See(sighting);
        if (unlucky is { } seat && judges.Chronicle.Groups.Fresh is [{ Payload: EntryPayload.GroupChanged change }, ..])
        {
            if (change.IsAddition && change.Changed.Node != sighting.Node)
            {
                unlucky = null;
                Agenda.After(TimeSpan.Zero, () => Host(change.Changed.Node).PowerOff("unlucky seat", seat.For));
            }
        }
    }

    /// <summary>A run that never ends is a fault of the machine too.</summary>
    public void CountStep()
    {
        if (++StepCount == StepsMax)
        {
            See(new Sighting.Broke(Now, default, $"more than {StepsMax} steps"));
        }
    }

    private NodeSet Running() =>
        hosts
            .Where(h => h.Process is { HasEnded: false })
            .Aggregate(default(NodeSet), (some, host) => some.With(host.Node));

    private void Begin(Fault planned)
    {
        var fault = planned is Fault.OfNode { Node: null } ofMaster
            ? ofMaster with
            {
                Node = judges.Chronicle.Master ?? default(NodeId),
            }
            : planned;
        var node = fault switch
        {
            Fault.OfNode ofNode => ofNode.Node ?? default,
            Fault.Said said => said.Node,
            Fault.Local local => local.Node,
            _ => default,
        };
        See(new Sighting.FaultBegan(Now, node, fault));
        switch (fault)
        {
            case Fault.Cut cut:
                Network.Begin(cut);
                break;
            case Fault.Noise noise:
                Network.Begin(noise);
                break;
            case Fault.UnluckySeat seat:
                unlucky = seat;
                break;
            default:
                Begin(fault, Host(node));
                break;
        }
    }

    private void Begin(Fault fault, Host host)
    {
        switch (fault)
        {
            case Fault.ProcessCrash crash:
                Crash(crash, host);
                break;
            case Fault.PowerCut cut:
                host.PowerOff("power cut", cut.For);
                break;
            case Fault.Wipe wipe when MayLose(host.Node):
                host.PowerOff("power cut", wipe.For);
                host.Disk.Replace();
                break;
            case Fault.Wipe wipe:
                host.PowerOff("power cut", wipe.For);
                break;
            case Fault.PlannedStop stop:
                Operator.Stop(host.Node, isOff: false);
                Agenda.After(stop.Waits, () => EndStop(stop, host));
                break;
            case Fault.Panic panic:
                host.Kernel?.Panic(panic.WindowMs, panic.RebootAfter);
                break;
            case Fault.KernelReboot reboot:
                host.Kernel?.Restart(reboot.WindowMs, reboot.RebootAfter, reboot.PanicAfter);
                break;
            case Fault.Pause pause:
                host.Process?.Pause(pause.For, pause.BeforeEffects);
                break;
            case Fault.SlowDisk slow:
                host.Disk.Slowness = slow.Latency;
                Agenda.At(EndOf(slow.At + slow.For), () => host.Disk.Slowness = TimeSpan.Zero);
                break;
            case Fault.StalledDisk stalled:
                host.Disk.StalledUntil = EndOf(stalled.At + stalled.For);
                break;
            case Fault.Said said:
                Say(said, host);
                break;
            case Fault.Local local:
                host.Kernel?.Tell(local.Kind, local.WindowMs);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(fault.ToString());
        }
    }

    private void EndStop(Fault.PlannedStop stop, Host host)
    {
        if (stop.Back is { } back)
        {
            host.PowerOff("planned stop", back);
        }
        else
        {
            Operator.Stop(host.Node, isOff: true);
        }
    }

    // A disk may be lost while the others of its group still make a majority and hold all that is committed.
    private bool MayLose(NodeId node)
    {
        var log = judges.Chronicle.Log;
        var group = log.Voters.Where(voter => voter.Node != node).ToArray();
        var holders = group.Count(voter =>
            Host(voter.Node).Disk.Image.Disk == voter.Disk && log.Find(log.Last) is { } last && Holds(voter.Node, last)
        );
        return holders > log.Voters.Count / 2;
    }

    private bool Holds(NodeId node, Entry entry) => Host(node).Disk.Image.Holds(entry);

    private void Crash(Fault.ProcessCrash crash, Host host)
    {
        if (host.Process is not { } process)
        {
            return;
        }

        process.CrashAfter(crash.AfterEffects);
        Agenda.After(
            TimeSpan.FromMilliseconds(50),
            () =>
            {
                if (host.Process == process)
                {
                    host.KillAgent("crash", closes: true);
                }

                host.StartAgentAfter(crash.For);
            }
        );
    }

    private void Say(Fault.Said said, Host host)
    {
        if (host.Process is not { } process)
        {
            return;
        }

        var victim = Host(said.Victim);
        var words = new Words(
            ReportId.ForNonce(host.Node, host.Life.Boot, ReportDoor.Said, said.Kind, chance.NextWide()),
            null,
            null,
            said.Victim,
            said.Victim == said.Node ? victim.Life.Boot : default,
            0,
            Waiter.Ours,
            said.WindowMs,
            new EventDetail.Text("said")
        );
        var ends = host.Clock + TimeSpan.FromMilliseconds(said.WindowMs);
        See(new Sighting.Claimed(Now, said.Victim, victim.Life, said.Kind, said.WindowMs));
        process.Give(new Input.Raised(new Report(words, host.Clock, ends), null));
    }

    // The world is mended: who was cut off is reachable, who is down and not gone for good comes back by itself.
    private void Mend()
    {
        unlucky = null;
        foreach (var host in hosts)
        {
            host.Disk.Slowness = TimeSpan.Zero;
            host.StartAgentAfter(TimeSpan.FromMilliseconds(1));
        }
    }

    private TimeSpan EndOf(TimeSpan planned) => planned < Plan.FaultsEnd ? planned : Plan.FaultsEnd;
}
