using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>A disk in time: writes wait, are fsynced in groups and in order, and may be lost in a crash.</summary>
internal sealed class Disk(Cluster cluster, Host host, DiskId id, Prng chance)
{
    private readonly List<(Ticket Ticket, DiskWrite Write)> waiting = [];
    private List<(Ticket Ticket, DiskWrite Write)> inFlight = [];
    private LogIndex commitSeen;
    private int writer;

    public DiskImage Image { get; private set; } = new(id);

    /// <summary>Of a slow disk, per fsync; zero: sound.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>Takes no writes until this time.</summary>
    public TimeSpan StalledUntil { get; set; }

    /// <summary>Queues a write, after all earlier ones.</summary>
    public void Write(Ticket ticket, DiskWrite write)
    {
        waiting.Add((ticket, write));
        if (StalledUntil > cluster.Now)
        {
            var process = host.Process;
            cluster.Agenda.After(TimeSpan.FromMilliseconds(1), () => process?.Give(new Input.StorageStalled("full")));
        }

        if (inFlight.Count == 0)
        {
            Begin();
        }
    }

    /// <summary>The ledger writes its commit index when it comes by; only a lower bound is ever read back.</summary>
    public void NoteCommit(LogIndex index) => commitSeen = index;

    /// <summary>The writer is gone: of the write in flight any prefix may have survived, of the others nothing.</summary>
    public void LoseWriter()
    {
        var survives = (int)chance.Below(inFlight.Count + 1);
        for (var i = 0; i < survives; i++)
        {
            Apply(inFlight[i].Write);
        }

        inFlight = [];
        waiting.Clear();
        writer++;
    }

    /// <summary>Another, empty disk stands in its place; the machine is off.</summary>
    public void Replace()
    {
        Image = new DiskImage(new DiskId(chance.NextWide()));
        commitSeen = default;
    }

    public StoredState Read() => DiskBytes.Reread(Image.Read(new LogIndex(chance.Below(commitSeen.Value + 1))));

    private void Begin()
    {
        (inFlight, var earlier) = ([.. waiting], writer);
        waiting.Clear();
        var start = StalledUntil > cluster.Now ? StalledUntil : cluster.Now;
        cluster.Agenda.At(start + DrawLatency(), () => Finish(earlier));
    }

    private TimeSpan DrawLatency()
    {
        if (Slowness > TimeSpan.Zero)
        {
            return Slowness + chance.Below(Slowness);
        }

        return TimeSpan.FromMicroseconds(100) + chance.Below(cluster.Plan.FsyncMax);
    }

    private void Finish(int startedBy)
    {
        if (startedBy != writer)
        {
            return;
        }

        var done = inFlight;
        inFlight = [];
        foreach (var (_, write) in done)
        {
            Apply(write);
        }

        // A runner that writes in groups may tell the last ticket only: it stands for all before it.
        var onlyLast = chance.Chance(1, 2);
        for (var i = onlyLast ? done.Count - 1 : 0; i < done.Count; i++)
        {
            host.Process?.Give(new Input.Persisted(done[i].Ticket));
        }

        if (waiting.Count > 0 && inFlight.Count == 0 && startedBy == writer)
        {
            Begin();
        }
    }

    private void Apply(DiskWrite write)
    {
        var problem = Image.Apply(write);
        cluster.See(new Sighting.Stored(cluster.Now, host.Node, write));
        if (problem is not null)
        {
            cluster.See(new Sighting.Broke(cluster.Now, host.Node, "the disk write " + problem));
        }
    }
}
