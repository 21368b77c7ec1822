using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Who this process is.</summary>
/// <param name="Node">Its node in the topology.</param>
/// <param name="Life">This boot: id and tag.</param>
/// <param name="Seed">For all chance of this process; the same seed and inputs give the same effects.</param>
public sealed record NodeIdentity(NodeId Node, Life Life, ulong Seed)
{
    /// <summary>Of the program, told to peers for people to compare; decides nothing. Empty: it has none.</summary>
    public string Version { get; init; } = "";
}

/// <summary>One node's whole protocol state. Not thread-safe: one loop alone calls <see cref="Step"/>.</summary>
/// <remarks>This file routes; what is decided is in the reporter, master, consensus and link machines.</remarks>
public sealed partial class NodeMachine
{
    private static readonly TimeSpan PauseNoticed = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseTold = TimeSpan.FromMilliseconds(500);

    private readonly NodeIdentity identity;
    private readonly NodeId self;
    private readonly MapInForce map;
    private readonly ProtocolOptions options;
    private readonly DiskId disk;
    private readonly ulong nonce;
    private readonly Instant startedAt;
    private readonly LinkTable links;
    private readonly SelfLink echo;
    private readonly SilenceWatch watch;
    private readonly Outlet outlet;
    private readonly RaftMachine raft;
    private readonly ReporterMachine reporter;
    private readonly ReportFrames frames = new();
    private readonly MasterMachine master;
    private readonly GroupKeeper keeper;
    private readonly LocalReclaim reclaim;
    private readonly Prng founding;
    private readonly SortedDictionary<ulong, PendingWish> wishes = [];
    private readonly Dictionary<NodeId, NodeHealth> healthTold = [];
    private IncidentBook book = IncidentBook.Empty;
    private EquatableArray<string> handlersHere;
    private Instant presenceDue;
    private Instant steppedAt;
    private string? storageStalled;

    /// <summary>A node that starts, or starts again, on what its disk gave back.</summary>
    public NodeMachine(NodeIdentity self, Topology topology, ProtocolOptions options, StoredState stored, Instant now)
    {
        identity = self;
        this.self = self.Node;
        map = new MapInForce(self.Node, topology);
        this.options = options;
        disk = stored.Disk;
        startedAt = now;
        steppedAt = now;
        presenceDue = now;
        var prng = new Prng(self.Seed);
        nonce = prng.NextBits() | 1;
        founding = prng.Fork();
        links = new LinkTable(self.Node, topology, options, prng.Fork(), now);
        outlet = new Outlet(links);
        outlet.Begin(now, []);
        raft = new RaftMachine(
            self.Node,
            stored,
            new([.. topology.Nodes.Select(node => node.Id)]),
            options,
            prng.Fork(),
            outlet,
            now
        )
        {
            ReportOn = node => master!.ReportOn(node),
            IsAbout = (report, node) => master!.IsAbout(report, node),
            IsHeard = node => links.IsHeard(outlet.Now, node),
            IsHeardInTime = node => links.IsHeardInTime(outlet.Now, node),
            IsLost = voter => book.Group.IsLost(voter),
            NameOf = Name,
            IsStopping = node => book.Group.IsStopping(node) || !map.Has(node),
            IsDiskStalled = () => storageStalled is not null,
            Appended = entry => master!.OnAppended(entry),
            Committed = OnCommitted,
            Restored = OnRestored,
            LeadershipChanged = leads => master!.OnLeadership(leads),
        };
        outlet.Lineage = () => raft.Lineage;
        echo = new SelfLink(self.Node);
        selfBeatDue = links.NextBeat(now);
        watch = new SilenceWatch(links, echo, options, outlet)
        {
            IsMaster = () => raft.IsReady,
            IsKnown = node => master!.IsKnownSilent(node),
            TellVector = TellVector,
            BeatToSelf = BeatToSelf,
        };
        (clusterJudged, lineageTold, retiredTold) = (raft.Cluster, raft.Lineage, raft.RetiredBy);
        master = new MasterMachine(self.Node, map, options, outlet, raft)
        {
            Book = () => book,
            ToOwnReporter = answer => reporter!.OnAnswer(answer),
            Silence = SilenceOf,
            EvidenceOf = EvidenceOf,
            HeardAt = HeardInLife,
        };
        keeper = new GroupKeeper(self.Node, map, options, outlet, raft)
        {
            Book = () => book,
            Appended = () => master.AppendedBook,
            IsHeard = node => links.IsHeard(outlet.Now, node),
            IsSilentHere = node => links.IsSilentHere(outlet.Now, node),
            IsSilentAt = (witness, node) => links.IsSilentAt(outlet.Now, witness, node),
        };
        master.OnStopWish = keeper.OnWish;
        master.OnMapWish = new MapDesk(map, raft) { Book = () => book, Appended = () => master.AppendedBook }.OnWish;
        reporter = new ReporterMachine(self.Node, self.Life, stored, options, outlet, now)
        {
            Targets = ReportTargets,
            ToOwnMaster = report => master.OnReport(report),
            TellReleasing = TellReleasing,
            KnowsVictim = words => Folding.Victim(words, map.Topology) is not null,
            IsRecorded = releasing =>
                book.Incidents.TryGetValue(releasing.Incident, out var incident)
                && MasterMachine.IsRecorded(incident, releasing),
        };
        reclaim = new LocalReclaim(outlet, now)
        {
            Handlers = () => book.Handlers.Values.Select(known => known.Handler),
        };
        foreach (var entry in raft.EntriesUpTo(raft.CommitIndex))
        {
            book = book.Apply(entry, now);
        }

        var appended = stored.Entries.Where(entry => entry.Index.CompareTo(raft.CommitIndex) > 0);
        FileStanding = map.Begin(
            book.Map,
            appended.Select(entry => entry.Payload).OfType<EntryPayload.MapChanged>(),
            HasSeat(self.Node)
        );
        BeginLinks(now);
        NextWake = now + TimeSpan.FromMilliseconds(1);
    }

    /// <summary>When to call <see cref="Step"/> with <see cref="Input.Woke"/>; later than the last step's instant.</summary>
    public Instant NextWake { get; private set; }

    /// <summary>Takes one input and appends what is to be done, in order.</summary>
    /// <param name="now">Never earlier than at the last step.</param>
    /// <param name="input">What came.</param>
    /// <param name="effects">Receives what is to be done; owned by the caller.</param>
    /// <param name="isFollowed">Another input is there already: new entries travel with what that one brings.</param>
    public void Step(Instant now, Input input, List<Effect> effects, bool isFollowed = false)
    {
        outlet.Begin(now, effects);
        NoticePause(now);
        steppedAt = now;
        Take(input);
        if (now >= reporter.NextWake)
        {
            // Windows go before whatever else waits: a storm of frames must not make one end late.
            reporter.Wake();
        }

        master.AppendOutcomes();
        JudgePeers();
        if (!isFollowed)
        {
            raft.Replicate();
        }

        outlet.End();
        NextWake = Instant.Max(WakeWanted(), now + TimeSpan.FromMilliseconds(1));
    }

    private void Take(Input input)
    {
        switch (input)
        {
            case Input.Woke:
                OnWoke();
                break;
            case Input.Arrived arrived:
                OnArrived(arrived);
                break;
            case Input.LinkOpened opened:
                OnLinkOpened(opened.Link);
                break;
            case Input.LinkClosed closed:
                OnLinkClosed(closed);
                break;
            case Input.Raised raised:
                OnRaised(raised);
                break;
            case Input.DeviceReopened reopened:
                reporter.OnDeviceReopened(reopened.Device);
                reclaim.OnDeviceReopened(reopened.Device);
                break;
            case Input.Released released:
                if (!reclaim.OnReleased(released.Report, released.Outcome))
                {
                    reporter.OnReleased(released.Report, released.Outcome);
                }

                break;
            case Input.Persisted persisted:
                OnPersisted(persisted.Ticket);
                break;
            case Input.StorageStalled stalled:
                storageStalled = stalled.Reason;
                outlet.Note(new Fact.StorageStalled(stalled.Reason));
                break;
            case Input.HandlersPresent present:
                handlersHere = present.Names;
                SendPresence();
                break;
            case Input.HandlerAnswered answered:
                OnHandlerAnswered(answered.Incident, answered.Result);
                break;
            case Input.Asked asked:
                OnAsked(asked);
                break;
            case Input.RecoveryOrdered ordered:
                OnRecoveryOrdered(ordered);
                break;
            case Input.Withdrawn withdrawn:
                wishes.Remove(withdrawn.Nonce);
                break;
            case Input.Returned returned:
                OnReturned(returned.Effect);
                break;
            default:
                throw new InvalidOperationException($"no such input: {input.GetType().Name}");
        }
    }

    private void NoticePause(Instant now)
    {
        var pause = now - NextWake;
        if (pause < PauseNoticed)
        {
            return;
        }

        links.OnPaused(now, pause);
        echo.OnPaused(pause);
        watch.OnPaused(pause);
        raft.OnPaused(pause);
        reporter.OnPaused(now - steppedAt);
        if (pause >= PauseTold)
        {
            outlet.Note(new Fact.Paused(pause));
        }
    }

    private void OnWoke()
    {
        reporter.Wake();
        master.Wake();
        keeper.Wake();
        reclaim.Wake();
        TryFound();
        TellFirstStart();
        raft.ConsiderLastWords();
        raft.Wake();
        var now = outlet.Now;
        EquatableArray<Heard>? vector = null;
        links.Wake(
            now,
            takesTurns => new Message.Heartbeat(identity.Life, vector ??= links.Vector(now))
            {
                MapVersion = map.Version,
                TakesTurns = takesTurns,
            },
            SendHello,
            outlet
        );
        WatchSilence();
        if (now >= presenceDue)
        {
            SendPresence();
            RepeatHellos();
            LetGo();
            TellHealth();
        }

        RepeatWishes();
    }

    private void OnPersisted(Ticket ticket)
    {
        if (storageStalled is not null)
        {
            storageStalled = null;
            outlet.Note(new Fact.StorageResumed());
        }

        outlet.OnPersisted(ticket);
        raft.OnPersisted(ticket);
    }

    private void OnRaised(Input.Raised raised)
    {
        if (!reclaim.TryTake(raised, handlersHere))
        {
            reporter.OnRaised(raised.Report, raised.Device);
        }
        else
        {
            // The reclaiming task is answered here and now; the cluster only gets to know of it.
            var words = raised.Report.Words with
            {
                Waiter = Waiter.Nobody,
            };
            reporter.OnRaised(raised.Report with { Words = words, WindowEnds = null }, null);
        }
    }

    private void OnReturned(Effect effect)
    {
        if (effect is Effect.Release release)
        {
            reporter.OnReturned(release);
        }
        else if (effect is Effect.StartHandler start && !(raft.IsReady && start.Call.Term == raft.Term))
        {
            // Another node's master waits for it: it is told that nothing was started.
            OnHandlerAnswered(
                start.Call.Incident,
                new HandlerResult(start.Call.Handler, HandlerOutcome.TimedOut, 0, "its start came too late")
            );
        }
        else
        {
            master.OnReturned(effect);
        }
    }

    /// <summary>The master believed in is first: it is the one that the answer waits for.</summary>
    private List<NodeId> ReportTargets()
    {
        var targets = new List<NodeId>();
        if (raft.Leader is { } leader)
        {
            targets.Add(leader);
        }

        foreach (var voter in raft.Voters)
        {
            if (voter.Node != raft.Leader)
            {
                targets.Add(voter.Node);
            }
        }

        if (raft.Voters.Count == 0)
        {
            targets.AddRange(map.Topology.ControlGroup.Where(node => node != raft.Leader));
        }

        return targets;
    }

    private void TellReleasing(Message.Releasing releasing)
    {
        if (raft.IsLeader)
        {
            master.OnReleasing(releasing);
        }
        else if (raft.Leader is { } leader)
        {
            outlet.Send(leader, releasing, Spread.All);
        }
    }

    private Instant WakeWanted()
    {
        var wake = Instant.Min(raft.NextWake, links.NextWake);
        wake = Instant.Min(wake, Instant.Min(reporter.NextWake, master.NextWake));
        wake = Instant.Min(wake, Instant.Min(reclaim.NextWake, presenceDue));
        wake = Instant.Min(wake, Instant.Min(watch.NextWake, selfBeatDue));
        if (wishes.Count > 0)
        {
            wake = Instant.Min(wake, wishes.Values.Min(wish => wish.RepeatAt));
        }

        return wake;
    }
}
