namespace ClusterRas.Protocol;

/// <summary>Who acts as an operator, and why: kept with the act on every node. Nothing is decided by it.</summary>
/// <param name="By">The name that was given.</param>
/// <param name="Why">In the operator's words; empty: none.</param>
/// <param name="UnixMs">By the wall clock of the host where it was said, for people to read; 0: not said.</param>
public sealed record Warrant(string By, string Why, long UnixMs);
