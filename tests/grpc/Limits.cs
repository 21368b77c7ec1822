namespace ClusterRas.Grpc.Tests;

/// <summary>What all servers and clients of the suite are set to; the scripts have the same numbers.</summary>
public static class Limits
{
    /// <summary>Longest message that is received, on both sides.</summary>
    public const int MessageBytesMax = 1 << 20;

    /// <summary>Fits, but not in one frame nor in one HTTP/2 window of the usual 65,535 bytes.</summary>
    public const int LargeBytes = 700_000;

    public const int OversizeBytes = MessageBytesMax + 1;

    /// <summary>No case may take longer.</summary>
    public static readonly TimeSpan CaseWithin = TimeSpan.FromSeconds(20);
}
