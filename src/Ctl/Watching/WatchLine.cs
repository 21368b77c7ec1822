using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Watching;

/// <summary>One change in words.</summary>
internal sealed record WatchLine(string Text, Tone Tone = Tone.Plain);
