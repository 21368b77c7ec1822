using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>
/// S2: whoever answers, alarms or starts handlers as master stands on a committed incident and on a committed entry of
/// its own term. There are no leases: one that was paused may say again what a majority holds, and nothing else.
/// </summary>
internal sealed class NoMinorityActs : IOracle
{
    public string Name => "S2";

    public string? See(Sighting sighting, Chronicle chronicle) =>
        sighting switch
        {
            Sighting.Decided { Effect: Effect.Send send } => Said(sighting.Node, send.Frame.Message, chronicle),
            Sighting.Decided { Effect: Effect.Alarm alarm } => Acted(
                sighting.Node,
                "alarms",
                alarm.Incident,
                alarm.Decision.Term,
                chronicle
            ),
            _ => null,
        };

    private static string? Said(NodeId node, Message message, Chronicle chronicle) =>
        message switch
        {
            Message.Relayed relayed when relayed.Origin == node => Said(node, relayed.Inner, chronicle),
            Message.Answering { Incident: { } incident } answering => Acted(
                node,
                "answers",
                incident,
                answering.Term,
                chronicle
            ),
            Message.HandlerStart { Call: var call } => Acted(
                node,
                "starts handlers",
                call.Incident,
                call.Term,
                chronicle
            ),
            _ => null,
        };

    private static string? Acted(NodeId node, string what, IncidentId incident, Term term, Chronicle chronicle) =>
        chronicle.Log.Find(incident) is null ? $"{node} {what} about {incident}, which no majority holds"
        : chronicle.Log.HasTerm(term) ? null
        : $"{node} {what} in term {term}, of which nothing is committed";
}
