namespace ClusterRas.Integration;

/// <summary>compose/three-nodes.yml.</summary>
public sealed class ThreeNodesTests() : ComposeTests("three", 3);
