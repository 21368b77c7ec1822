namespace ClusterRas.Demo;

/// <summary>A witness's kernel was told that the victim may go on.</summary>
/// <param name="At">Since the start of the demo.</param>
/// <param name="After">Since the kernel handed over the record.</param>
internal sealed record KernelAck(TimeSpan At, TimeSpan After);
