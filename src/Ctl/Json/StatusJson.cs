using System.Text.Json;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Json;

/// <summary>The status and what it is made of.</summary>
internal static class StatusJson
{
    /// <summary>All fields of a status.</summary>
    /// <param name="withLists">Members and handlers too; a watch's own numbers have none.</param>
    /// <param name="withLinks">The table of links too.</param>
    public static void Write(Utf8JsonWriter json, Status status, NodeNames names, bool withLists, bool withLinks)
    {
        json.Word("node", status.HasNode ? names.Of(status.Node, status.NodeName) : status.NodeName);
        json.Word("cluster", status.Cluster);
        WriteLife(json, status.Life);
        json.Word("role", Words.Of(status.Role));
        WriteMaster(json, status.Master, names);
        json.WriteNumber("commit_index", status.CommitIndex);
        json.Number("age_ms", status.HasAgeMs ? status.AgeMs : null);
        json.Word("storage", Words.Of(status.Storage));
        json.Word("storage_reason", status.StorageReason);
        json.WriteNumber("outbox_count", status.OutboxCount);
        json.Word("out_reason", status.OutReason);
        json.Word("topology_digest", status.TopologyDigest);
        json.WriteNumber("map_version", status.MapVersion);
        json.Word("map_file", Words.Of(status.MapFile));
        json.Word("version", status.Version);
        if (withLists)
        {
            json.List("members", status.Members, WriteMember);
            json.List("handlers", status.Handlers, (to, handler) => WriteHandler(to, handler, names));
            WriteGroup(json, status.Group, names);
        }

        if (withLinks)
        {
            json.List("links", status.Links, (to, link) => WriteLink(to, link, names));
        }
    }

    /// <summary>Fields <c>master</c> and <c>term</c>.</summary>
    public static void WriteMaster(Utf8JsonWriter json, MasterView? master, NodeNames names)
    {
        json.Word("master", names.Of(master));
        json.Number("term", master?.Term);
    }

    private static void WriteGroup(Utf8JsonWriter json, GroupView? group, NodeNames names)
    {
        if (group is null)
        {
            json.WriteNull("group");
            return;
        }

        json.WriteStartObject("group");
        json.WriteNumber("log_index", group.LogIndex);
        json.Word("cause", Words.Of(group.Cause));
        json.Word("node", names.Of(group.Node, group.NodeName));
        json.WriteBoolean("seated", group.Seated);
        json.Number("incident", group.HasIncident ? group.Incident : null);
        json.WriteEndObject();
    }

    public static void WriteLife(Utf8JsonWriter json, LifeView? life)
    {
        if (life is null)
        {
            json.WriteNull("life");
            return;
        }

        json.WriteStartObject("life");
        json.Word("boot", life.Boot);
        json.WriteNumber("tag", life.Tag);
        json.WriteEndObject();
    }

    public static void WriteMember(Utf8JsonWriter json, MemberView member)
    {
        json.WriteString("name", member.NodeName);
        json.Word("health", Words.Of(member.Health));
        WriteLife(json, member.Life);
        json.List(
            "rails",
            member.Rails,
            static (to, rail) =>
            {
                to.WriteNumber("die", rail.Die);
                to.Number("heard_ago_ms", rail.HasHeardAgoMs ? rail.HeardAgoMs : null);
                to.WriteBoolean("refused", rail.Refused);
            }
        );
        json.WriteBoolean("voter", member.Voter);
        json.WriteBoolean("draining", member.Draining);
        json.Number("open_incident", member.HasOpenIncident ? member.OpenIncident : null);
        json.Number("map_version", member.HasMapVersion ? member.MapVersion : null);
        json.WriteString("version", member.HasVersion ? member.Version : null);
    }

    public static void WriteLink(Utf8JsonWriter json, LinkView link, NodeNames names)
    {
        json.WriteString("peer", names.Of(link.Peer));
        json.WriteNumber("die", link.Die);
        json.Word("transport", Words.Of(link.Transport));
        json.Word("condition", Words.Of(link.Condition));
        json.Number("rtt_us", link.HasRttUs ? link.RttUs : null);
        json.Number("jitter_us", link.HasJitterUs ? link.JitterUs : null);
        json.WriteNumber("loss_permille", link.LossPermille);
        json.Word("reason", link.Reason);
        if (link.Wire.Length > 0)
        {
            json.WriteString("wire", link.Wire);
        }
    }

    public static void WriteHandler(Utf8JsonWriter json, HandlerView handler, NodeNames names)
    {
        var declaration = handler.Declaration ?? new HandlerDeclaration();
        json.WriteString("name", declaration.Name);
        json.WordList("kinds", declaration.Kinds.Select(Words.Of));
        json.WriteNumber("deadline_ms", declaration.DeadlineMs);
        json.WriteBoolean("required", declaration.Required);
        json.WriteBoolean("idempotent", declaration.Idempotent);
        json.WriteBoolean("needs_silence", declaration.NeedsSilence);
        json.WordList("connected_at_nodes", handler.ConnectedAtNodes.Select(node => names.Of(node)));
    }
}
