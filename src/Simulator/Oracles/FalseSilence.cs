using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S9: nobody is called silent whom the master, or somebody whom the master hears, has just heard.</summary>
internal sealed class FalseSilence(ProtocolOptions options) : IOracle
{
    // How far the measures of the two sides of a link may differ by what they count from.
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
                ears[sighting.Node] = new Ears();
                return null;
            case Sighting.Stopped:
                ears.Remove(sighting.Node);
                return null;
            case Sighting.Took took when ears.TryGetValue(sighting.Node, out var here):
                here.Ran += Least(sighting.At - here.LastAt, runsAtLeastEvery);
                here.LastAt = sighting.At;
                Hear(here, took);
                return null;
            case Sighting.Decided { Effect: Effect.Note { Fact: Fact.FrameDropped } }
                when ears.TryGetValue(sighting.Node, out var here):
                // A stranger's, or of a peer that is not let in yet: nobody was heard by it.
                here.Unhear();
                return null;
            case Sighting.Decided { Effect: Effect.MapTaken taken } when ears.TryGetValue(sighting.Node, out var here):
                // Who has no link any more says nothing here.
                here.Keep([.. taken.Links.Select(link => link.Peer)]);
                return null;
            case Sighting.Decided { Effect: Effect.Persist persist } when ears.TryGetValue(sighting.Node, out var here):
                foreach (var entry in persist.Write.Append)
                {
                    if (
                        entry.Payload is EntryPayload.Opened { Kind: EventKind.Silent } opened
                        && chronicle.Master == sighting.Node
                        && WhoHears(here, opened.Victim) is { } reason
                    )
                    {
                        return $"{sighting.Node} calls {opened.Victim} silent, but {reason}";
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static void Hear(Ears here, Sighting.Took took)
    {
        here.Last = null;
        if (took.Input is Input.LinkOpened or Input.LinkClosed)
        {
            var link = took.Input is Input.LinkOpened opened ? opened.Link : ((Input.LinkClosed)took.Input).Link;
            here.Accepted.Remove(link);
            return;
        }

        if (took.Input is not Input.Arrived { Frame.Message: Message.Heartbeat beat } arrived)
        {
            return;
        }

        // What was told last counts, be it late; what was told first may come before its hello is accepted.
        var from = arrived.Link.Peer;
        here.Last = (from, Before(here.Heard, from), Before(here.Told, from));
        here.Told[from] = (here.Ran, beat.Vector);
        if (!here.Accepted.Add(arrived.Link))
        {
            here.Heard[from] = here.Ran;
        }
    }

    private string? WhoHears(Ears here, NodeId victim)
    {
        var silentAfter = options.SilentAfter - Blur;
        if (here.Heard.TryGetValue(victim, out var heard) && here.Ran - heard < silentAfter)
        {
            return Say($"heard it {(here.Ran - heard).TotalMilliseconds:0} ms ago itself");
        }

        foreach (var (other, (at, vector)) in here.Told)
        {
            // Older ones stand for a peer that is not heard either.
            if (other == victim || here.Ran - at > options.HeartbeatEvery)
            {
                continue;
            }

            foreach (var said in vector)
            {
                if (said.Node == victim && said.AgoMs >= 0 && said.AgoMs < silentAfter.TotalMilliseconds)
                {
                    return Say($"{other} heard it {said.AgoMs} ms before it last said so");
                }
            }
        }

        return null;
    }

    private static T? Before<T>(Dictionary<NodeId, T> table, NodeId from)
        where T : struct => table.TryGetValue(from, out var known) ? known : null;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string Say(FormattableString text) => FormattableString.Invariant(text);

    // Times are those in which the process ran, as far as can be seen.
    private sealed class Ears
    {
        public TimeSpan Ran { get; set; }

        public TimeSpan LastAt { get; set; }

        /// <summary>What was known of a peer before its last beat; null: the last input was none.</summary>
        public (NodeId From, TimeSpan? Heard, (TimeSpan At, EquatableArray<Heard> Vector)? Told)? Last { get; set; }

        public HashSet<LinkId> Accepted { get; } = [];

        public Dictionary<NodeId, TimeSpan> Heard { get; } = [];

        public Dictionary<NodeId, (TimeSpan At, EquatableArray<Heard> Vector)> Told { get; } = [];

        public void Unhear()
        {
            if (Last is not { } last)
            {
                return;
            }

            Last = null;
            Put(Heard, last.From, last.Heard);
            Put(Told, last.From, last.Told);
        }

        public void Keep(HashSet<NodeId> peers)
        {
            foreach (var gone in Told.Keys.Concat(Heard.Keys).Where(peer => !peers.Contains(peer)).ToArray())
            {
                Told.Remove(gone);
                Heard.Remove(gone);
            }
        }

        private static void Put<T>(Dictionary<NodeId, T> table, NodeId from, T? value)
            where T : struct
        {
            if (value is { } known)
            {
                table[from] = known;
            }
            else
            {
                table.Remove(from);
            }
        }
    }
}
