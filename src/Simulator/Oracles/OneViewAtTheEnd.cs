using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L3: when the faults are long over, there is one master, and all that run have the same log.</summary>
internal sealed class OneViewAtTheEnd(ProtocolOptions options) : IOracle
{
    private readonly TimeSpan lately = TimeSpan.FromSeconds(Math.Max(1, options.BeatEvery.TotalSeconds * 4));
    private readonly TimeSpan spreadWithin = TimeSpan.FromSeconds(Math.Max(2, options.BeatEvery.TotalSeconds * 8));
    private readonly Dictionary<NodeId, (TimeSpan At, Term Term, TimeSpan Since)> led = [];
    private readonly Dictionary<NodeId, (int Run, LogIndex Index)> committed = [];

    public string Name => "L3";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Done { Effect: Effect.Send { Frame.Message: Message.AppendEntries append } }:
                var since = led.TryGetValue(sighting.Node, out var before) && before.Term == append.Term;
                led[sighting.Node] = (sighting.At, append.Term, since ? before.Since : sighting.At);
                return null;
            case Sighting.Decided { Effect: Effect.Committed effect }:
                committed[sighting.Node] = (chronicle.Run(sighting.Node), effect.CommitIndex);
                return null;
            case Sighting.Decided { Effect: Effect.Restored effect }:
                committed[sighting.Node] = (chronicle.Run(sighting.Node), effect.Snapshot.LastIndex);
                return null;
            case Sighting.Started started:
                // What its disk knew to be committed is not told again.
                committed[sighting.Node] = (chronicle.Run(sighting.Node), started.State.CommitIndex);
                return null;
            case Sighting.Settled settled when chronicle.Groups.CanLead(settled.Running, chronicle):
                return Judge(settled, chronicle);
            default:
                return null;
        }
    }

    private string? Judge(Sighting.Settled settled, Chronicle chronicle)
    {
        // Also late in a life one may hand over to another: who has fallen silent before the newest began is none any more.
        var recent = led.Where(pair => pair.Value.At > settled.At - lately).ToArray();
        var newest = recent.Select(pair => pair.Value).OrderBy(value => value.Term).LastOrDefault();
        var masters = recent.Where(pair => pair.Value.Term == newest.Term || pair.Value.At >= newest.Since).ToArray();
        // The last one left, master by itself, beats nobody.
        if (masters.Length != 1 && (masters.Length > 1 || settled.Running.Count > 1))
        {
            var names = string.Join(' ', masters.Select(m => $"{m.Key} in term {m.Value.Term}"));
            return $"{masters.Length} nodes act as master at the end: [{names}]";
        }

        var all = chronicle.Log.LastAt(settled.At - spreadWithin);
        foreach (var node in settled.Running.Nodes())
        {
            var (run, index) = committed.GetValueOrDefault(node);
            if (run != chronicle.Run(node) || index.CompareTo(all) < 0)
            {
                return $"{node} has {index} at the end, where {all} has long been committed";
            }
        }

        return null;
    }
}
