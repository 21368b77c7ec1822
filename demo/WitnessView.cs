using System.Text.Json;

namespace ClusterRas.Demo;

/// <summary>One witness's word in an incident.</summary>
internal sealed record WitnessView(string Witness, string Kind, long? LeftMs)
{
    /// <summary>Reads one of the reports.</summary>
    public static WitnessView Read(JsonElement json) =>
        new(
            JsonText.OrNull(json, "witness") ?? "",
            JsonText.WordOf(json, "kind"),
            JsonText.NumberOrNull(json, "left_ms")
        );
}
