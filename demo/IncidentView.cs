using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>One incident as one node tells it: an item of <c>rasctl --node N --json events list</c>.</summary>
/// <param name="State">open, or closed.</param>
/// <param name="Verdict">What the answer said: recorded, handled, failed.</param>
internal sealed record IncidentView(
    long Id,
    string Victim,
    string Kind,
    string State,
    string CloseReason,
    string Verdict,
    IReadOnlyList<WitnessView> Reports,
    IReadOnlyList<ReleaseView> Releases
)
{
    /// <summary>What all nodes must agree on.</summary>
    public string Essence =>
        $"#{Id} {Kind} of {Victim}: {State}{(CloseReason is "" ? "" : $" ({CloseReason})")}, {Verdict}";

    /// <summary>Reads one of the incidents.</summary>
    public static IncidentView Read(JsonElement json) =>
        new(
            JsonText.NumberOrNull(json, "id") ?? 0,
            JsonText.OrNull(json, "victim") ?? "",
            JsonText.WordOf(json, "kind"),
            JsonText.WordOf(json, "state"),
            JsonText.WordOf(json, "close_reason"),
            JsonText.WordOf(json, "verdict"),
            [.. JsonText.Items(json, "reports").Select(WitnessView.Read)],
            [.. JsonText.Items(json, "releases").Select(ReleaseView.Read)]
        );
}
