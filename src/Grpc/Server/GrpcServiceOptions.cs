namespace Grpc.AspNetCore.Server;

/// <summary>What may be set for all services of a server.</summary>
public class GrpcServiceOptions
{
    /// <summary>Longest message that is received, in bytes; null: no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest message that is sent, in bytes; null, the default: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>True: clients are told type and message of a handler's exception. Default false.</summary>
    public bool? EnableDetailedErrors { get; set; }
}
