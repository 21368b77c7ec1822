using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Kernel;
using ClusterRas.Simulator.Moments;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulation.Tests;

/// <summary>A made-up history of a cluster of three, to show an oracle what it must report.</summary>
internal sealed class Trace
{
    public static readonly Shape Three = new(3, 3, 1, false);
    public static readonly NodeId A = new(0);
    public static readonly NodeId B = new(1);
    public static readonly NodeId C = new(2);

    private readonly List<Sighting> sightings = [];

    /// <summary>Since the world began; every call below happens now.</summary>
    public TimeSpan At { get; private set; } = TimeSpan.FromSeconds(20);

    /// <summary>The clock of every node: the world's.</summary>
    public Instant Now => new(At.Ticks * 100);

    public static DiskId DiskOf(NodeId node) => new((UInt128)(uint)node.Value + 100);

    public static Life LifeOf(NodeId node, int tag = 7) =>
        new(new BootId((UInt128)(uint)(node.Value + (100 * tag))), tag);

    public static Entry Founding { get; } =
        new(
            new LogIndex(1),
            new Term(1),
            new EntryPayload.Founded(
                new ClusterId(1),
                [new Voter(A, DiskOf(A)), new Voter(B, DiskOf(B)), new Voter(C, DiskOf(C))]
            )
        );

    public static Entry Entry(long index, EntryPayload payload, long term = 1) =>
        new(new LogIndex(index), new Term(term), payload);

    /// <summary>A device's word of one node on another.</summary>
    public static Words WordsOf(NodeId witness, NodeId victim, EventKind kind = EventKind.Panic, ulong msgid = 1) =>
        new(
            ReportId.ForDevice(witness, LifeOf(witness).Boot, kind, msgid, 20_000_000_000),
            Three.Topology[victim].Dies[0].Eid,
            null,
            null,
            default,
            LifeOf(victim).Tag,
            Waiter.StockRemote,
            10_007,
            null
        );

    public static EntryPayload.Opened Opened(Words words, NodeId victim, params HandlerDeclaration[] handlers) =>
        new(victim, LifeOf(victim), 0, words.Kind, words, 0, words.WindowMs, [.. handlers]);

    public static HandlerDeclaration Handler(string name, bool idempotent = false) =>
        new(name, [EventKind.Panic], TimeSpan.FromSeconds(1), true, idempotent, false);

    /// <summary>All three run and have founded a cluster.</summary>
    public static Trace Founded()
    {
        var trace = new Trace().Start(A).Start(B).Start(C);
        return trace.Store(A, Founding).Store(B, Founding).Store(C, Founding).Commit(A, Founding);
    }

    public Trace Add(Sighting sighting)
    {
        sightings.Add(sighting);
        return this;
    }

    public Trace After(double seconds)
    {
        At += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public Trace Start(NodeId node, int tag = 7) =>
        Add(new Sighting.Booted(At, node, LifeOf(node, tag)))
            .Add(
                new Sighting.Started(
                    At,
                    node,
                    new NodeIdentity(node, LifeOf(node, tag), 1),
                    StoredState.Empty(DiskOf(node))
                )
            );

    public Trace StartOnAnotherDisk(NodeId node) =>
        Add(
            new Sighting.Started(
                At,
                node,
                new NodeIdentity(node, LifeOf(node), 1),
                StoredState.Empty(new DiskId(DiskOf(node).Value + 1000))
            )
        );

    public Trace StartOnAnotherMap(NodeId node, params Entry[] log) =>
        Add(
            new Sighting.Started(
                At,
                node,
                new NodeIdentity(node, LifeOf(node), 1),
                StoredState.Empty(DiskOf(node)) with
                {
                    Entries = [.. log],
                },
                HasForeignMap: true
            )
        );

    public Trace Store(NodeId node, DiskWrite write) =>
        Decide(node, new Effect.Persist(new Ticket(sightings.Count), write)).Add(new Sighting.Stored(At, node, write));

    public Trace Store(NodeId node, params Entry[] entries) =>
        Store(node, DiskWrite.Nothing with { Append = [.. entries] });

    /// <summary>Stored on all three, then committed by A.</summary>
    public Trace Agree(params Entry[] entries) =>
        Store(A, entries).Store(B, entries).Store(C, entries).Commit(A, entries);

    public Trace Commit(NodeId node, params Entry[] entries) =>
        Decide(node, new Effect.Committed([.. entries], entries[^1].Index));

    public Trace Decide(NodeId node, Effect effect) => Add(new Sighting.Decided(At, node, Now, effect));

    /// <summary>Decided and carried out.</summary>
    public Trace Do(NodeId node, Effect effect) => Decide(node, effect).Add(new Sighting.Done(At, node, Now, effect));

    public Trace Send(NodeId from, NodeId to, Message message) =>
        Do(from, new Effect.Send(new LinkId(to, new Die(0), TransportKind.Grpc), new Frame(1, 0, 0, message)));

    public Trace Take(NodeId node, Input input) =>
        Add(new Sighting.Took(At, node, Now, input, Now + TimeSpan.FromMilliseconds(1)));

    public Trace Raise(Words words) =>
        Take(
            words.Id.Witness,
            new Input.Raised(
                new Report(words, Now, Now + TimeSpan.FromMilliseconds(words.WindowMs ?? 0)),
                new DeviceRef(1, 1)
            )
        );

    public Trace Release(Words words, long incident, Verdict verdict = Verdict.Recorded) =>
        Do(
            words.Id.Witness,
            new Effect.Release(
                words.Id,
                new DeviceRef(1, 1),
                new IncidentId(new LogIndex(incident)),
                verdict,
                0,
                new Decision(new Term(1), Now)
            )
        );

    public static DeviceRecord RecordOf(Words words) =>
        new(words.Kind, words.Id.High, words.Id.Low, words.WindowMs, words.VictimEid, null, null);

    public Trace Settle(params NodeId[] running) =>
        Add(new Sighting.Settled(At, running.Aggregate(default(NodeSet), (some, node) => some.With(node))));

    /// <summary>All that have started follow: they have answered a beat.</summary>
    public Trace Follow()
    {
        foreach (var node in new[] { B, C })
        {
            Send(node, A, new Message.AppendEntriesReply(new Term(1), DiskOf(node), true, new LogIndex(1), 1));
        }

        return this;
    }

    /// <summary>What the cluster is in the middle of, after all of it.</summary>
    public Phase PhaseNow()
    {
        var chronicle = new Chronicle(Three);
        var phases = new PhaseWatch(chronicle);
        foreach (var sighting in sightings)
        {
            chronicle.Take(sighting);
            phases.See(sighting);
        }

        return phases.At(At);
    }

    /// <summary>What the oracle says to all of it; null: nothing.</summary>
    public string? Judge(IOracle oracle)
    {
        var judges = new Judges(Three, oracle);
        foreach (var sighting in sightings)
        {
            judges.See(sighting);
        }

        return judges.Violation?.Reason;
    }
}
