using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>G2: a master undoes a change that it could not commit, instead of waiting for ever.</summary>
internal sealed class OverdueChange(ProtocolOptions options) : IOracle
{
    // The least election timeout and a beat, at which it looks. Soon after, a master without a majority is none any more.
    private readonly TimeSpan undoneWithin = options.ElectionTimeoutMin + (options.BeatEvery * 1.5);
    private readonly TimeSpan handOverLasts = options.ElectionTimeoutMin + options.BeatEvery;
    private const int WakesToReview = 3;
    private readonly Dictionary<NodeId, Change> open = [];

    public string Name => "G";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.Persist persist }:
                foreach (var entry in chronicle.Groups.Fresh)
                {
                    open[sighting.Node] = new Change(entry, persist.Ticket);
                }

                return null;
            case Sighting.Stopped or Sighting.Started:
                open.Remove(sighting.Node);
                return null;
            case Sighting.Took { Input: Input.Persisted persisted }
                when open.TryGetValue(sighting.Node, out var change):
                if (persisted.Ticket.CompareTo(change.Ticket) >= 0)
                {
                    change.LeftAt ??= sighting.At;
                }

                return null;
            case Sighting.Decided { Effect: Effect.Send { Frame.Message: Message.AppendEntries beat } }
                when open.TryGetValue(sighting.Node, out var change):
                // One that a link only repeats says nothing about who leads now.
                if (beat.Probe > change.LastProbe)
                {
                    change.LastProbe = beat.Probe;
                    change.IsLeading = beat.Term == change.Entry.Term;
                }

                return null;
            case Sighting.Decided { Effect: Effect.Send { Frame.Message: Message.TimeoutNow } }
                when open.TryGetValue(sighting.Node, out var change):
                // While it hands over it takes no entries, this one neither.
                change.LeftAt = change.LeftAt is null ? null : sighting.At + handOverLasts;
                return null;
            case Sighting.Took { Input: Input.Woke } when open.TryGetValue(sighting.Node, out var change):
                return Judge(sighting, change, chronicle);
            default:
                return null;
        }
    }

    private string? Judge(Sighting sighting, Change change, Chronicle chronicle)
    {
        var isUndo = change.Entry.Payload is EntryPayload.GroupChanged { Cause: GroupCause.Undone };
        if (isUndo || chronicle.Log.Find(change.Entry.Index) is not null)
        {
            open.Remove(sighting.Node);
            return null;
        }

        // Whoever was paused, or is deposed and only does not know it yet, has not had the time.
        if (change.LeftAt is not { } left || sighting.At - left < undoneWithin)
        {
            change.IsLeading = false;
            return null;
        }

        return change.IsLeading && ++change.Wakes >= WakesToReview
            ? $"G2: {sighting.Node} neither commits nor undoes its change at {change.Entry.Index}"
            : null;
    }

    private sealed class Change(Entry entry, Ticket ticket)
    {
        public Entry Entry => entry;

        public Ticket Ticket => ticket;

        public TimeSpan? LeftAt { get; set; }

        public bool IsLeading { get; set; }

        public ulong LastProbe { get; set; }

        public int Wakes { get; set; }
    }
}
