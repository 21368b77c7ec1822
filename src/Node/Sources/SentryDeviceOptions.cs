using ClusterRas.Protocol;

namespace ClusterRas.Node.Sources;

/// <summary>How a <see cref="SentryDevice"/> reads.</summary>
internal sealed record SentryDeviceOptions
{
    /// <summary>A character device, a FIFO, or a free name outside of <c>/dev</c> for a FIFO to be made.</summary>
    public required string Path { get; init; }

    /// <summary><see cref="DeviceRef.Source"/> of its words.</summary>
    public required int Number { get; init; }

    /// <summary>The kinds that are on. Default: none, as in sysSentry.</summary>
    public IReadOnlySet<EventKind> Kinds { get; init; } = new HashSet<EventKind>();

    /// <summary>How often the blocking read is interrupted. Default 250 ms.</summary>
    public TimeSpan KickEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two attempts at a device that is missing, refused, gone or taken. Default 3 s.</summary>
    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Answers that wait for the writer's thread. Default 256.</summary>
    public int ReleasesMax { get; init; } = 256;

    /// <summary>Msgids whose last record is kept for an answer. Default 4,096: the kernel's longest queue.</summary>
    public int HeldMax { get; init; } = 4096;

    /// <summary>For tests without hardware: takes a FIFO for the driver.</summary>
    public bool OpenAsDevice { get; init; }
}
