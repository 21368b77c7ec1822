using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S6 for people: of those who would tell of an incident one at a time may, and nobody once it is told.</summary>
internal sealed class OneSender : IOracle
{
    private readonly Dictionary<(NodeId Node, ulong Nonce), EntryPayload.Notified> asked = [];
    private readonly Dictionary<
        (IncidentId Incident, string Channel, NoticeMoment Moment, int Attempt),
        NodeId
    > started = [];
    private readonly Dictionary<(IncidentId Incident, string Channel, NoticeMoment Moment), NodeId> ended = [];

    public string Name => "S6";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Took { Input: Input.Asked { Wish: EntryPayload.Notified wish } ask }:
                asked[(sighting.Node, ask.Nonce)] = wish;
                return null;
            case Sighting.Decided { Effect: Effect.Granted granted }
                when asked.Remove((sighting.Node, granted.Nonce), out var wish) && granted.Refusal.Length == 0:
                return wish.Stage == NoticeStage.Started ? Started(wish) : Ended(wish);
            default:
                return null;
        }
    }

    // A later attempt may begin before the one before has ended: who began that may be dead. The same one may not.
    private string? Started(EntryPayload.Notified wish)
    {
        var attempt = (wish.Incident, wish.Channel, wish.Moment, wish.Attempt);
        return started.TryAdd(attempt, wish.By)
            ? null
            : $"attempt {wish.Attempt} to tell {wish.Channel} of incident {wish.Incident} is granted to two, "
                + $"first at {started[attempt]} and then at {wish.By}";
    }

    private string? Ended(EntryPayload.Notified wish) =>
        ended.TryAdd((wish.Incident, wish.Channel, wish.Moment), wish.By)
            ? null
            : $"{wish.Channel} is told of incident {wish.Incident} by {ended[(wish.Incident, wish.Channel, wish.Moment)]}, and then by {wish.By}";
}
