namespace ClusterRas.Integration;

/// <summary>compose/sixteen-nodes.yml.</summary>
public sealed class SixteenNodesTests() : ComposeTests("sixteen", 16);
