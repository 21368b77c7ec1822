using System.Text.Json;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Json;

/// <summary>Mutes for programs.</summary>
internal static class MuteJson
{
    public static string Of(Mute mute) => JsonLine.Of(json => Write(json, mute));

    public static string Of(string node, ListMutesReply reply) =>
        JsonLine.Of(json =>
        {
            json.Word("node", node);
            json.Number("age_ms", reply.HasAgeMs ? reply.AgeMs : null);
            json.List("mutes", reply.Mutes, Write);
            json.WordList("channels", reply.Channels);
        });

    private static void Write(Utf8JsonWriter json, Mute mute)
    {
        json.WriteNumber("id", mute.Id);
        json.Word("node", mute.NodeName);
        json.WordList("kinds", [.. mute.Kinds.Select(Words.Of)]);
        json.WriteNumber("until_unix_ms", mute.UntilUnixMs);
        json.WriteBoolean("maintenance", mute.Maintenance);
        json.Word("by", mute.By);
        json.Word("why", mute.Why);
    }
}
