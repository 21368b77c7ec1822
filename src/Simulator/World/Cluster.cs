using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Coverage;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulator.World;

/// <summary>One cluster in its world, from the first boot to the end of the plan. One thread, one agenda.</summary>
internal sealed class Cluster : IDisposable
{
    private const long StepsMax = 20_000_000;
    private readonly Judges judges;
    private readonly Transcript? transcript;
    private readonly Host[] hosts;
    private readonly Action<Sighting>? watcher;
    private readonly PhaseWatch phases;
    private readonly Triggers triggers;
    private readonly SeatWatch seats;
    private readonly List<RealLedger> ledgers = [];
    private readonly NextWord nextWord;

    /// <param name="transcript">Null: none is written.</param>
    /// <param name="watcher">Sees what the oracles see.</param>
    public Cluster(FaultPlan plan, Transcript? transcript, Action<Sighting>? watcher = null)
    {
        Plan = plan;
        (this.transcript, this.watcher) = (transcript, watcher);
        Topology = plan.Shape.Topology;
        Options = plan.Options;
        judges = Judges.Sworn(plan.Shape, Options);
        phases = new PhaseWatch(judges.Chronicle);
        triggers = new Triggers(this, phases);
        seats = new SeatWatch(judges.Chronicle.Groups);
        LedgerFolder = plan.OnRealLedger ? NewFolder() : null;
        nextWord = new NextWord(this);
        var chance = new Prng(plan.Seed ^ 0x5157_0f_c1a5_7e45);
        Network = new Network(this, chance.Fork());
        Operator = new Operator(this, chance.Fork());
        hosts = [.. Topology.Nodes.Select(node => new Host(this, node.Id, chance.Fork()))];
    }

    public FaultPlan Plan { get; }

    public Topology Topology { get; }

    /// <summary>Where the real ledgers of this life are; null: it has none.</summary>
    public string? LedgerFolder { get; }

    public ProtocolOptions Options { get; }

    public Agenda Agenda { get; } = new();

    public Network Network { get; }

    public Operator Operator { get; }

    public TimeSpan Now => Agenda.Now;

    /// <summary>The cluster's first entry is committed.</summary>
    public bool IsFounded => judges.Chronicle.Log.Voters.Count > 0;

    /// <summary>Makes the runner of an agent, where it is not the simulator's own.</summary>
    public Func<RunnerWorld, IEffectRunner>? NewRunner { get; init; }

    /// <summary>Of all handlers that are started now.</summary>
    public HandlerTrouble HandlerTrouble { get; set; }

    /// <summary>The planned faults that began, and in the middle of what.</summary>
    public Tally Tally { get; } = new();

    /// <summary>Steps of all machines so far.</summary>
    public long StepCount { get; private set; }

    public Host Host(NodeId node) => hosts[node.Value];

    /// <summary>The ledger of a machine; null: this life has none but the model.</summary>
    public RealLedger? NewLedger(NodeId node)
    {
        if (LedgerFolder is null)
        {
            return null;
        }

        ledgers.Add(new RealLedger(LedgerFolder, $"n{node.Value}"));
        return ledgers[^1];
    }

    /// <summary>Takes the files of real ledgers away.</summary>
    public void Dispose()
    {
        ledgers.ForEach(ledger => ledger.Dispose());
        if (LedgerFolder is not null)
        {
            Directory.Delete(LedgerFolder, recursive: true);
        }
    }

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
            Agenda.At(fault.At, () => Await(fault));
        }

        Agenda.At(Plan.FaultsEnd, Mend);
        while (judges.Violation is null && Agenda.Next(Plan.End) is { } occurrence)
        {
            occurrence.Happen();
        }

        foreach (var host in hosts)
        {
            host.Process?.CompareRecording();
        }

        if (judges.Violation is null)
        {
            See(new Sighting.Settled(Now, Running()));
        }

        CountSuccessions();
        return judges.Violation;
    }

    /// <summary>Every sighting passes here: to the chronicle, the judges and the transcript.</summary>
    public void See(Sighting sighting)
    {
        transcript?.Write(sighting);
        judges.See(sighting);
        watcher?.Invoke(sighting);
        if (sighting.IsOfBeat)
        {
            triggers.See(sighting, mayHaveBegun: false);
            return;
        }

        triggers.See(sighting, phases.See(sighting));
        seats.See(sighting);
        nextWord.See(sighting);
    }

    private void CountSuccessions()
    {
        if (Plan.Profile != TimingProfile.Default)
        {
            // L4 is about the default rhythms.
            return;
        }

        foreach (var succession in judges.Chronicle.Successions.Ended)
        {
            if (succession.CommittedAt is { } at && PromptSuccession.IsCalm(succession, at, judges.Chronicle))
            {
                Tally.AddSuccession(at - succession.LastBeat, succession.IsTold, Plan.Seed);
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

    // In memory where there is such a folder: an fsync that the model has timed need not take time again.
    private static string NewFolder()
    {
        var place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(place, $"sim-{Guid.NewGuid():n}")).FullName;
    }

    private NodeSet Running() =>
        hosts
            .Where(h => h.Process is { HasEnded: false })
            .Aggregate(default(NodeSet), (some, host) => some.With(host.Node));

    /// <summary>A part of a fault begins later, unless the time of faults is over by then.</summary>
    public void BeginAfter(TimeSpan delay, Fault part) =>
        Agenda.After(
            delay,
            () =>
            {
                if (Now < Plan.FaultsEnd)
                {
                    _ = Begin(part);
                }
            }
        );

    /// <summary>A fault of the plan begins, unless the time of faults is over; the tally has it if it found somebody.</summary>
    public void BeginPlanned(Fault planned)
    {
        if (Now < Plan.FaultsEnd)
        {
            if (planned.When is { } moment)
            {
                Tally.AddMoment(moment.Name, waited: 0, came: 1);
            }

            var now = phases.At(Now);
            if (Begin(Redirect(planned)))
            {
                Tally.Add(planned, now);
            }
        }
    }

    /// <summary>Whoever is seated next is told once, at the moment that a master decides so, unless the time of faults is over.</summary>
    public void AwaitSeat(Action<NodeId> seated) => seats.Await(seated);

    /// <summary>Whoever catches the next word is told once, with the end of its window, unless the time of faults is over.</summary>
    public void AwaitWord(Action<Host, TimeSpan> caught) => nextWord.Await(caught);

    /// <summary>A disk may be lost while the others of its group still make a majority and hold all that is committed.</summary>
    public bool MayLoseDisk(NodeId node)
    {
        var log = judges.Chronicle.Log;
        if (log.Find(log.Last) is not { } last)
        {
            return false;
        }

        var holders = log.Voters.Count(voter =>
            voter.Node != node
            && Host(voter.Node).Disk.Image is var image
            && image.Disk == voter.Disk
            && image.Holds(last)
        );
        return holders > log.Voters.Count / 2;
    }

    /// <summary>A majority of the voters that can be destroyed while a disk that is left has all that is committed; null: there is none now.</summary>
    public IReadOnlyList<NodeId>? DrawLostMajority(Prng chance)
    {
        var log = judges.Chronicle.Log;
        var voters = log.Voters.OrderBy(_ => chance.NextBits()).ToArray();
        if (voters.Length < 3 || log.Find(log.Last) is not { } last)
        {
            return null;
        }

        var lost = voters.Take((voters.Length / 2) + 1).Select(voter => voter.Node).ToArray();
        var isKept = voters
            .Skip(lost.Length)
            .Any(voter => Host(voter.Node).Disk.Image is var image && image.Disk == voter.Disk && image.Holds(last));
        return isKept ? lost : null;
    }

    /// <summary>When something ends that would go on until <paramref name="planned"/>.</summary>
    public TimeSpan EndOf(TimeSpan planned) => planned < Plan.FaultsEnd ? planned : Plan.FaultsEnd;

    private void Await(Fault fault)
    {
        if (fault.When is { } moment)
        {
            Tally.AddMoment(moment.Name, waited: 1, came: 0);
            triggers.Arm(fault, moment);
        }
        else
        {
            BeginPlanned(fault);
        }
    }

    // The moment has come and the node that was meant is down: it strikes the master, unless that would cost a node for good.
    private Fault Redirect(Fault planned) =>
        planned is Fault.OfNode { When: not null, Node: { } node } fault
        && Host(node).Process is null
        && fault.Unrest.SeatFor < Unrest.ForGood
            ? fault with
            {
                Node = null,
            }
            : planned;

    private bool Begin(Fault planned)
    {
        var fault = planned.BegunAt(Now, ActingMaster());
        See(new Sighting.FaultBegan(Now, fault.Place, fault));
        return fault.Begin(this);
    }

    // Whoever led last; if that one does not run, the voter that is the first to stand in its place.
    private NodeId ActingMaster() =>
        judges.Chronicle.Master is { } master && Host(master).Process is not null
            ? master
            : Topology.ControlGroup.Where(voter => Host(voter).Process is not null).FirstOrDefault();

    // The world is mended: who was cut off is reachable, who is down and not gone for good comes back by itself.
    private void Mend()
    {
        seats.Forget();
        nextWord.Forget();
        foreach (var host in hosts)
        {
            host.Disk.Slowness = TimeSpan.Zero;
            host.StartAgentAfter(TimeSpan.FromMilliseconds(1));
        }
    }
}
