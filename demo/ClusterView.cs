using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>What one node says about the cluster: <c>rasctl --node N --json status</c>.</summary>
internal sealed record ClusterView(string Node, string? Master, long Term, IReadOnlyList<MemberView> Members)
{
    /// <summary>Reads what rasctl printed.</summary>
    public static ClusterView Read(JsonElement json) =>
        new(
            json.GetProperty("node").ToString(),
            JsonText.OrNull(json, "master"),
            JsonText.NumberOrNull(json, "term") ?? 0,
            [.. json.GetProperty("members").EnumerateArray().Select(MemberView.Read)]
        );

    /// <summary>The node's line; throws if the cluster has none such.</summary>
    public MemberView this[string name] => Members.Single(m => m.Name == name);
}
