using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Kernel;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Simulator.World;

/// <summary>One run of the agent: a machine of the protocol, the loop that drives it and the hands that carry out.</summary>
internal sealed class AgentProcess
{
    private readonly Cluster cluster;
    private readonly Host host;
    private readonly Prng chance;
    private readonly NodeIdentity identity;
    private readonly StoredState stored;
    private readonly NodeMachine machine;
    private readonly EffectOrder order;
    private readonly EffectHands hands;
    private readonly IEffectRunner? runner;
    private readonly RecordedLife? recording;
    private readonly List<Effect> effects = [];
    private readonly Queue<Waiting> inbox = new();
    private readonly List<Effect> held = [];
    private readonly Wake wake;
    private bool ended;
    private bool paused;
    private bool stepping;
    private bool hasBegun;
    private int crashAfter = -1;
    private readonly NoticeSender? notices;
    private TimeSpan pauseBeforeEffectsUntil;

    public AgentProcess(Cluster cluster, Host host, HostKernel kernel, Prng chance)
    {
        (this.cluster, this.host, this.chance) = (cluster, host, chance);
        identity = new NodeIdentity(host.Node, host.Life, chance.NextBits());
        stored = host.Disk.Read();
        order = new EffectOrder(cluster.Plan.Shape, chance.Fork());
        hands = new EffectHands(cluster, host, this, kernel, chance.Fork());
        notices = NoticeSender.IsIn(cluster.Plan.Seed)
            ? new NoticeSender(cluster, host, this, new Prng(identity.Seed))
            : null;
        runner = cluster.NewRunner?.Invoke(new RunnerWorld(cluster, host, this, hands));
        wake = new Wake(this);
        var start = new RunStart(
            identity,
            host.Map,
            cluster.Options,
            stored,
            host.Clock,
            "simulated",
            RunStart.ThisCore
        );
        machine = start.NewMachine();
        recording = cluster.Plan.OnRealLedger ? RecordedLife.Begin(start) : null;
    }

    public bool IsPaused => paused;

    public bool HasEnded => ended;

    /// <summary>What it answers to an operator who recovers; null: it does not answer now.</summary>
    public SurvivorState? Survivor => ended || paused || stepping || !hasBegun ? null : machine.Survivor(host.Clock);

    /// <summary>What it knows; null: it does not answer now.</summary>
    public NodeStatus? Status => ended || paused || stepping || !hasBegun ? null : machine.Status(host.Clock);

    /// <summary>Tells people of incidents; null: nobody does in this life.</summary>
    public NoticeSender? Notices => notices;

    /// <summary>The map that it says it runs with; null: it does not answer now.</summary>
    public MapStatus? Map => ended || paused || stepping || !hasBegun ? null : machine.Map;

    /// <param name="takes">So long it is there and does nothing.</param>
    public void Start(TimeSpan takes)
    {
        cluster.See(new Sighting.Started(cluster.Now, host.Node, identity, stored, host.HasForeignMap));
        if (takes > TimeSpan.Zero)
        {
            BeginPause(takes);
            return;
        }

        OpenDoors();
        ScheduleWake();
    }

    public void End()
    {
        ended = true;
        runner?.Dispose();
        CompareRecording();
        recording?.Dispose();
    }

    /// <summary>The recording of this process so far, replayed, must decide the same; where the life is one that records.</summary>
    public void CompareRecording()
    {
        if (recording?.Difference() is { } difference)
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, $"the recording does not agree: {difference}"));
        }
    }

    /// <summary>The loop takes this input, now or when the process runs again.</summary>
    public void Give(Input input) => Give(new Waiting(input, default, null));

    /// <summary>A frame is read off the wire when the process runs; only then its durations become instants.</summary>
    public void Give(LinkId link, PackedFrame packed) => Give(new Waiting(null, link, packed));

    private void Give(Waiting waiting)
    {
        if (ended)
        {
            return;
        }

        // An answer that comes while its own question is still carried out waits its turn, as in the loop.
        inbox.Enqueue(waiting);
        if (!paused && !stepping)
        {
            Drain();
        }
    }

    /// <summary>Dies within the next batch of effects, after this many of them.</summary>
    public void CrashAfter(int effectCount) => crashAfter = effectCount;

    /// <summary>Stops running, now or between the next step and its effects.</summary>
    public void Pause(TimeSpan duration, bool beforeEffects)
    {
        if (beforeEffects)
        {
            // It ends when it was to end, however late the next step comes: after another pause, it may be over.
            pauseBeforeEffectsUntil = cluster.Now + duration;
        }
        else
        {
            BeginPause(duration);
        }
    }

    private void OpenDoors()
    {
        if (!hasBegun)
        {
            hasBegun = true;
            hands.Begin(runner);
        }
    }

    private void BeginPause(TimeSpan duration)
    {
        if (paused)
        {
            return;
        }

        paused = true;
        cluster.Agenda.After(duration, Resume);
    }

    private void Resume()
    {
        if (ended)
        {
            return;
        }

        paused = false;
        var late = held.ToArray();
        held.Clear();
        stepping = true;
        foreach (var effect in late)
        {
            if (IsStale(effect))
            {
                GiveBack(effect);
            }
            else if (!ended)
            {
                CarryOut(effect);
            }
        }

        stepping = false;
        OpenDoors();
        hands.Resume();
        Drain();
        ScheduleWake();
    }

    // Nothing that was decided before a pause may leave after it, if somebody else may be master by now.
    private bool IsStale(Effect effect)
    {
        Instant? decidedAt = effect switch
        {
            Effect.Release release => release.Decision.At,
            Effect.StartHandler start => start.Decision.At,
            Effect.Alarm alarm => alarm.Decision.At,
            Effect.Send { Frame.Message: Message.Answering answering } => answering.DecidedAt,
            Effect.Send { Frame.Message: Message.HandlerStart start } => start.DecidedAt,
            _ => null,
        };
        return decidedAt is { } at && host.Clock - at > cluster.Options.ElectionTimeoutMin;
    }

    private void Drain()
    {
        while (!ended && !paused)
        {
            // A due deadline goes before a waiting input: a storm of them must not make a window end late.
            if (machine.NextWake <= host.Clock)
            {
                Step(new Input.Woke());
            }
            else if (inbox.TryDequeue(out var waiting))
            {
                Take(waiting);
            }
            else
            {
                break;
            }
        }

        ScheduleWake();
    }

    private void Take(Waiting waiting)
    {
        if (waiting.Packed is not { } packed)
        {
            Step(waiting.Input ?? throw new System.Diagnostics.UnreachableException());
        }
        else if (packed.IsDamaged)
        {
            Refuse(waiting.Link, packed);
        }
        else if (packed.Open(host.Clock, out var refusal) is { } frame)
        {
            Step(new Input.Arrived(waiting.Link, frame));
        }
        else
        {
            cluster.See(
                new Sighting.Broke(cluster.Now, host.Node, $"cannot read a frame of {waiting.Link}: {refusal}")
            );
        }
    }

    // The codec has to bear it. Bytes that happen to read as a frame are stopped by what guards the wire (S11): no sum in a
    // frame of ours would tell an attacker's from ours.
    private void Refuse(LinkId link, PackedFrame damaged)
    {
        try
        {
            _ = damaged.Open(host.Clock, out var refusal);
            cluster.See(new Sighting.Refused(cluster.Now, host.Node, link, refusal ?? "not what was sent"));
        }
#pragma warning disable CA1031 // Whatever the codec throws is a finding: it says that it never does.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, $"the codec threw {thrown}"));
        }
    }

    private void Step(Input input)
    {
        cluster.CountStep();
        var now = host.Clock;
        effects.Clear();
        try
        {
            machine.Step(now, input, effects);
        }
#pragma warning disable CA1031 // Whatever the machine throws is a finding, with the seed that leads to it.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, $"Step({input}) threw {thrown}"));
            ended = true;
            return;
        }

        recording?.Note(now, input, effects, machine.NextWake);
        cluster.See(new Sighting.Took(cluster.Now, host.Node, now, input, machine.NextWake));
        SeeDecided(now, isCommit: true);
        SeeDecided(now, isCommit: false);

        if (machine.NextWake <= now)
        {
            // The oracle has seen it; going on would never end.
            ended = true;
            return;
        }

        if (effects.Count > 0)
        {
            CarryOutAll();
        }
    }

    // What a step calls committed justifies all else that it asks for; only for the ledger it stands behind the write.
    private void SeeDecided(Instant now, bool isCommit)
    {
        foreach (var effect in effects)
        {
            if ((effect is Effect.Committed or Effect.Restored) == isCommit)
            {
                cluster.See(new Sighting.Decided(cluster.Now, host.Node, now, effect));
            }
        }
    }

    private void CarryOutAll()
    {
        var inOrder = order.Shuffle(effects);
        var pause = pauseBeforeEffectsUntil - cluster.Now;
        pauseBeforeEffectsUntil = default;
        if (pause > TimeSpan.Zero)
        {
            held.AddRange(inOrder);
            BeginPause(pause);
            return;
        }

        stepping = true;
        var crashes = crashAfter >= 0;
        foreach (var effect in inOrder)
        {
            if (crashes && crashAfter-- == 0)
            {
                host.KillAgent("crash between two effects", closes: true);
            }

            if (ended)
            {
                break;
            }

            CarryOut(effect);
        }

        stepping = false;
    }

    private void CarryOut(Effect effect)
    {
        if (runner is not null)
        {
            RunBy(runner, effect);
        }
        else if (effect is not Effect.Note)
        {
            cluster.See(new Sighting.Done(cluster.Now, host.Node, host.Clock, effect));
            hands.CarryOut(effect);
        }
    }

    private void RunBy(IEffectRunner product, Effect effect)
    {
        // What waited for the disk may have become old on the way: the product looks at every one.
        if (effect is not Effect.Send && IsStale(effect))
        {
            GiveBack(effect);
            return;
        }

        if (effect is not Effect.Note)
        {
            cluster.See(new Sighting.Done(cluster.Now, host.Node, host.Clock, effect));
        }

        product.Run(effect);
        hands.Follow(effect);
    }

    // Sends are given back by the wire, which is simulated always.
    private void GiveBack(Effect effect)
    {
        if (runner is null || effect is Effect.Send)
        {
            inbox.Enqueue(new Waiting(new Input.Returned(effect), default, null));
            return;
        }

        runner.Run(effect);
        if (!inbox.Any(waiting => waiting.Input is Input.Returned returned && ReferenceEquals(returned.Effect, effect)))
        {
            cluster.See(
                new Sighting.Broke(cluster.Now, host.Node, $"the runner did not give back what is too old: {effect}")
            );
        }
    }

    private void ScheduleWake()
    {
        if (ended || paused || machine.NextWake == Instant.Never)
        {
            return;
        }

        var at = host.TimeOf(machine.NextWake);
        if (at < wake.PlannedFor || wake.PlannedFor <= cluster.Now)
        {
            wake.PlannedFor = at;

            // A busy machine's timers come late; never early.
            var late = TimeSpan.FromMicroseconds(chance.Chance(1, 50) ? chance.Below(20_000) : chance.Below(300));
            cluster.Agenda.At(at + late, wake);
        }
    }

    private void OnWake()
    {
        if (ended || paused)
        {
            return;
        }

        if (machine.NextWake <= host.Clock)
        {
            Drain();
        }
        else
        {
            ScheduleWake();
        }
    }

    private readonly record struct Waiting(Input? Input, LinkId Link, PackedFrame? Packed);

    private sealed class Wake(AgentProcess process) : Occurrence
    {
        public TimeSpan PlannedFor { get; set; } = TimeSpan.Zero;

        public override void Happen() => process.OnWake();
    }
}
