using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S9, its other half: what a node says of when it heard others has its own pauses taken off.</summary>
/// <remarks>A master asks before it believes such a word, so a false one seldom comes to a false silence; it must not be said at all.</remarks>
internal sealed class OwnPauses(ProtocolOptions options) : IOracle
{
    // Waking is late by so much without being a pause.
    private static readonly TimeSpan Blur = TimeSpan.FromMilliseconds(100);

    // A process that runs beats so often; what is longer between two inputs, it did not run.
    private readonly TimeSpan runsAtLeastEvery = options.HeartbeatEvery + Blur;
    private readonly Dictionary<NodeId, Ears> ears = [];

    public string Name => "S9";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Started:
                ears[sighting.Node] = new Ears(sighting.At);
                return null;
            case Sighting.Stopped:
                ears.Remove(sighting.Node);
                return null;
            case Sighting.Took took when ears.TryGetValue(sighting.Node, out var here):
                here.Take(took, runsAtLeastEvery);
                return null;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.FrameDropped } }
                when ears.TryGetValue(sighting.Node, out var here):
                here.Unhear();
                return null;
            case Sighting.Decided { Effect: Effect.Send { Frame.Message: Message.Heartbeat beat } }
                when ears.TryGetValue(sighting.Node, out var here):
                return Excess(here, beat.Vector) is { } excess ? $"{sighting.Node} says {excess}" : null;
            default:
                return null;
        }
    }

    private static string? Excess(Ears here, EquatableArray<Heard> vector)
    {
        foreach (var said in vector)
        {
            if (
                here.Heard.TryGetValue((said.Node, said.Die), out var heard)
                && said.AgoMs > (here.Ran - heard + Blur).TotalMilliseconds
            )
            {
                return FormattableString.Invariant(
                    $"that it heard {said.Node} on {said.Die} {said.AgoMs} ms ago, and ran for {(here.Ran - heard).TotalMilliseconds:0} ms since"
                );
            }
        }

        return null;
    }

    // Times are those in which the process ran, as far as can be seen.
    private sealed class Ears(TimeSpan startedAt)
    {
        private readonly HashSet<LinkId> accepted = [];
        private TimeSpan lastAt = startedAt;
        private ((NodeId, Die) Link, TimeSpan? Before)? last;

        public TimeSpan Ran { get; private set; }

        public Dictionary<(NodeId Node, Die Die), TimeSpan> Heard { get; } = [];

        public void Take(Sighting.Took took, TimeSpan runsAtLeastEvery)
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
                // What comes first may come before its hello is accepted.
                case Input.Arrived { Frame.Message: Message.Heartbeat } arrived when !accepted.Add(arrived.Link):
                    var link = (arrived.Link.Peer, arrived.Link.Die);
                    last = (link, Heard.TryGetValue(link, out var before) ? before : null);
                    Heard[link] = Ran;
                    break;
                default:
                    break;
            }
        }

        // A stranger's, or of a peer that is not let in yet: nobody was heard by it.
        public void Unhear()
        {
            if (last is not var (link, before))
            {
                return;
            }

            last = null;
            if (before is { } at)
            {
                Heard[link] = at;
            }
            else
            {
                Heard.Remove(link);
            }
        }
    }
}
