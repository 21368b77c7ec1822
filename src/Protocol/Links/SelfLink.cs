using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A node's heartbeats to itself, through the transport and the same queue as those of its peers.</summary>
/// <remarks>A beat that comes back late says that peers' beats have waited here, too. And one that comes back at all says that
/// everything which had arrived before it was sent has been taken: no silence is declared over a queue that is not empty.</remarks>
internal sealed class SelfLink(NodeId self)
{
    /// <summary>Beats that wait for their return; a transport that loses more than these is not waited for.</summary>
    private const int UnderwayMax = 16;

    private readonly Queue<(ulong Number, Instant SentAt, TimeSpan Paused)> underway = new();
    private ulong number;
    private Instant arrivedAt;

    /// <summary>What had come to this process before this instant has been taken.</summary>
    public Instant TakenUpTo { get; private set; }

    /// <summary>Where the beats go.</summary>
    public LinkId Id { get; } = new(self, new Die(0), TransportKind.Grpc);

    /// <summary>A beat that was sent at this instant or later is still on its way.</summary>
    public bool IsUnderway(Instant since) => underway.Any(beat => beat.SentAt >= since);

    /// <summary>Sends one.</summary>
    public void Send(Instant now, Life life, Outlet outlet)
    {
        underway.Enqueue((++number, now, TimeSpan.Zero));
        if (underway.Count > UnderwayMax)
        {
            underway.Dequeue();
        }

        outlet.Emit(new Effect.Send(Id, new Frame(number, 0, 0, new Message.Heartbeat(life, []))));
    }

    /// <summary>One has come back.</summary>
    /// <returns>How long it took since the one before it came back, this process's own pauses taken off; null: not one of this process.</returns>
    public TimeSpan? OnArrived(Instant now, ulong arrived)
    {
        while (underway.TryPeek(out var beat) && beat.Number <= arrived)
        {
            underway.Dequeue();
            if (beat.Number == arrived)
            {
                // Two that wait in one queue wait at the same time, and that is charged once.
                var waitedFrom = Instant.Max(beat.SentAt, arrivedAt);
                (TakenUpTo, arrivedAt) = (beat.SentAt, now);
                return now - waitedFrom - beat.Paused;
            }
        }

        return null;
    }

    /// <summary>Time in which this process did not run is no lateness of the queue. When a beat was sent stays as it is: what came in
    /// the pause waits behind it.</summary>
    public void OnPaused(TimeSpan pause)
    {
        for (var left = underway.Count; left > 0; left--)
        {
            var beat = underway.Dequeue();
            underway.Enqueue(beat with { Paused = beat.Paused + pause });
        }
    }
}
