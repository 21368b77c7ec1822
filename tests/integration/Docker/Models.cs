namespace Docker.DotNet.Models;

// What the engine's API takes, by its own names; no more of it than is used here. The engine refuses what it does not know.

/// <summary>Of a container that is to be made.</summary>
public sealed class CreateContainerParameters
{
    public string? Image { get; set; }

    public string? Hostname { get; set; }

    public IList<string>? Cmd { get; set; }

    public HostConfig HostConfig { get; set; } = new();

    public NetworkingConfig NetworkingConfig { get; set; } = new();
}

/// <summary>What a container gets of its host.</summary>
public sealed class HostConfig
{
    public IList<string> Binds { get; set; } = [];
}

/// <summary>Networks by name.</summary>
public sealed class NetworkingConfig
{
    public IDictionary<string, EndpointSettings> EndpointsConfig { get; set; } =
        new Dictionary<string, EndpointSettings>();
}

/// <summary>A container's end in a network.</summary>
public sealed class EndpointSettings
{
    public EndpointIPAMConfig? IPAMConfig { get; set; }
}

/// <summary>Addresses that do not come by chance.</summary>
public sealed class EndpointIPAMConfig
{
    public string? IPv6Address { get; set; }
}

/// <summary>Of a network that is to be made.</summary>
public sealed class NetworksCreateParameters
{
    public string? Name { get; set; }

    public bool Internal { get; set; }

    public bool EnableIPv6 { get; set; }

    public IPAM? IPAM { get; set; }
}

/// <summary>A network's addresses.</summary>
public sealed class IPAM
{
    public IList<IPAMConfig> Config { get; set; } = [];
}

/// <summary>One subnet.</summary>
public sealed class IPAMConfig
{
    public string? Subnet { get; set; }

    public string? Gateway { get; set; }
}

/// <summary>Of a volume that is to be made.</summary>
public sealed class VolumesCreateParameters
{
    public string? Name { get; set; }

    public IDictionary<string, string>? DriverOpts { get; set; }
}
