namespace ClusterRas.Beds;

/// <summary>A witness's kernel was told that the victim may go on.</summary>
/// <param name="At">On <see cref="System.Diagnostics.Stopwatch"/>'s clock.</param>
/// <param name="After">Since the kernel handed over the record.</param>
public sealed record KernelAck(long At, TimeSpan After);
