using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Watching;

/// <summary>One change in words.</summary>
/// <param name="Incident">Of which it is; null: of none.</param>
internal sealed record WatchLine(string Text, Tone Tone = Tone.Plain, ulong? Incident = null);
