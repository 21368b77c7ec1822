using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>Whom each process has heard and when, made of what it was given: what the oracles of S9 hold its words against.</summary>
internal sealed class Hearing(ProtocolOptions options)
{
    private readonly Dictionary<NodeId, Ears> ears = [];
    private Sighting? last;

    /// <summary>How far the measures of the two sides of a link may differ by what they count from, and how late waking is without being a pause.</summary>
    public static TimeSpan Blur { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Null: it does not run.</summary>
    public Ears? Of(NodeId node) => ears.GetValueOrDefault(node);

    /// <summary>Takes one sighting; again, and it changes nothing: whoever listens with these ears shows it to them.</summary>
    public void See(Sighting sighting)
    {
        if (ReferenceEquals(sighting, last))
        {
            return;
        }

        last = sighting;
        if (sighting is Sighting.Started)
        {
            // A process that runs beats so often; what is longer between two inputs, it did not run.
            ears[sighting.Node] = new Ears(sighting.At, options.HeartbeatEvery + Blur);
            return;
        }

        if (Of(sighting.Node) is not { } here)
        {
            return;
        }

        switch (sighting)
        {
            case Sighting.Stopped:
                ears.Remove(sighting.Node);
                break;
            case Sighting.Took took:
                here.Take(took);
                break;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.FrameDropped } }:
                // A stranger's, or of a peer that is not let in yet: nobody was heard by it.
                here.Unhear();
                break;
            case Sighting.Decided { Effect: Effect.MapTaken taken }:
                // Who has no link any more says nothing here.
                here.Keep([.. taken.Links.Select(link => link.Peer)]);
                break;
            default:
                break;
        }
    }

    /// <summary>Times are those in which the process ran, as far as can be seen.</summary>
    public sealed class Ears(TimeSpan startedAt, TimeSpan runsAtLeastEvery)
    {
        private readonly HashSet<LinkId> accepted = [];
        private TimeSpan lastAt = startedAt;
        private ((NodeId Node, Die Die) Link, TimeSpan? Heard, (TimeSpan At, EquatableArray<Heard> Vector)? Told)? last;

        public TimeSpan Ran { get; private set; }

        /// <summary>When each rail of a peer was last heard.</summary>
        public Dictionary<(NodeId Node, Die Die), TimeSpan> Heard { get; } = [];

        /// <summary>What each peer last said of whom it hears, and when; be it late.</summary>
        public Dictionary<NodeId, (TimeSpan At, EquatableArray<Heard> Vector)> Told { get; } = [];

        public void Take(Sighting.Took took)
        {
            var since = took.At - lastAt;
            Ran += since < runsAtLeastEvery ? since : runsAtLeastEvery;
            lastAt = took.At;
            last = null;
            switch (took.Input)
            {
                case Input.LinkOpened opened:
                    accepted.Remove(opened.Link);
                    break;
                case Input.LinkClosed closed:
                    accepted.Remove(closed.Link);
                    break;
                case Input.Arrived { Frame.Message: Message.Heartbeat beat } arrived:
                    Hear(arrived.Link, beat);
                    break;
                default:
                    break;
            }
        }

        public void Unhear()
        {
            if (last is not var (link, heard, told))
            {
                return;
            }

            last = null;
            Put(Heard, link, heard);
            Put(Told, link.Node, told);
        }

        public void Keep(HashSet<NodeId> peers)
        {
            foreach (var gone in Heard.Keys.Where(link => !peers.Contains(link.Node)).ToArray())
            {
                Heard.Remove(gone);
            }

            foreach (var gone in Told.Keys.Where(peer => !peers.Contains(peer)).ToArray())
            {
                Told.Remove(gone);
            }
        }

        private void Hear(LinkId link, Message.Heartbeat beat)
        {
            var rail = (link.Peer, link.Die);
            last = (rail, Before(Heard, rail), Before(Told, link.Peer));
            Told[link.Peer] = (Ran, beat.Vector);

            // The first may come before its hello is accepted.
            if (!accepted.Add(link))
            {
                Heard[rail] = Ran;
            }
        }

        private static TValue? Before<TKey, TValue>(Dictionary<TKey, TValue> table, TKey key)
            where TKey : notnull
            where TValue : struct => table.TryGetValue(key, out var known) ? known : null;

        private static void Put<TKey, TValue>(Dictionary<TKey, TValue> table, TKey key, TValue? value)
            where TKey : notnull
            where TValue : struct
        {
            if (value is { } known)
            {
                table[key] = known;
            }
            else
            {
                table.Remove(key);
            }
        }
    }
}
