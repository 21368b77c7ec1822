using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Json;

/// <summary>One update of a watch: who said it, when it came, and what.</summary>
internal static class WatchJson
{
    /// <summary>The line.</summary>
    public static string Of(WatchUpdate update, string askedNode, NodeNames names, DateTimeOffset now) =>
        JsonLine.Of(json =>
        {
            json.WriteString("asked", askedNode);
            json.WriteNumber("at_unix_ms", now.ToUnixTimeMilliseconds());
            json.WriteNumber("sequence", update.Sequence);
            json.WriteStartObject(NameOf(update.UpdateCase));
            switch (update.UpdateCase)
            {
                case WatchUpdate.UpdateOneofCase.State:
                    json.WriteStartObject("status");
                    StatusJson.Write(
                        json,
                        update.State.Status ?? new Status(),
                        names,
                        withLists: true,
                        withLinks: true
                    );
                    json.WriteEndObject();
                    json.List("incidents", update.State.Incidents, (to, one) => IncidentJson.Write(to, one, names));
                    break;
                case WatchUpdate.UpdateOneofCase.Member:
                    StatusJson.WriteMember(json, update.Member);
                    break;
                case WatchUpdate.UpdateOneofCase.Master:
                    StatusJson.WriteMaster(json, update.Master, names);
                    break;
                case WatchUpdate.UpdateOneofCase.Link:
                    StatusJson.WriteLink(json, update.Link, names);
                    break;
                case WatchUpdate.UpdateOneofCase.Incident:
                    IncidentJson.Write(json, update.Incident, names);
                    break;
                case WatchUpdate.UpdateOneofCase.Status:
                    StatusJson.Write(json, update.Status, names, withLists: false, withLinks: false);
                    break;
                case WatchUpdate.UpdateOneofCase.Handler:
                    StatusJson.WriteHandler(json, update.Handler, names);
                    break;
                default:
                    break;
            }

            json.WriteEndObject();
        });

    private static string NameOf(WatchUpdate.UpdateOneofCase update) =>
        update switch
        {
            WatchUpdate.UpdateOneofCase.State => "state",
            WatchUpdate.UpdateOneofCase.Member => "member",
            WatchUpdate.UpdateOneofCase.Master => "master",
            WatchUpdate.UpdateOneofCase.Link => "link",
            WatchUpdate.UpdateOneofCase.Incident => "incident",
            WatchUpdate.UpdateOneofCase.Status => "status",
            WatchUpdate.UpdateOneofCase.Handler => "handler",
            // Of a newer node: empty, so that a program can pass over it.
            _ => "unknown",
        };
}
