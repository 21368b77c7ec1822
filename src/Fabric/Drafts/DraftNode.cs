namespace ClusterRas.Fabric.Drafts;

/// <summary>One node of a draft.</summary>
/// <param name="owner">How problems call it: <c>node "n03"</c>.</param>
/// <param name="at">Where it begins.</param>
public sealed class DraftNode(string owner, Place at)
{
    /// <summary>How problems call it.</summary>
    public string Owner { get; } = owner;

    /// <summary>Where it begins.</summary>
    public Place At { get; } = at;

    /// <summary>From 0.</summary>
    public Said<int>? Id { get; set; }

    /// <summary>Any text, so that references to it can be judged; <see cref="HasName"/> says whether it is one.</summary>
    public Said<string>? Name { get; set; }

    /// <summary>True: the name is a DNS label.</summary>
    public bool HasName => Name is { } name && DnsLabel.IsValid(name.Value);

    /// <summary>0 to 16,777,214.</summary>
    public Said<Cna>? Cna { get; set; }

    /// <summary>Where it stands.</summary>
    public Said<string>? Rack { get; set; }

    /// <summary>Its own ones.</summary>
    public DraftTimeouts Timeouts { get; } = new();

    /// <summary>Where its DIEs are listed; null: nowhere.</summary>
    public Place? DiesAt { get; set; }

    /// <summary>In order; die0 first.</summary>
    public List<DraftDie> Dies { get; } = [];

    /// <summary>What its own sysSentry was told about its peers; null: the source has no such lists.</summary>
    public DraftPeers? Peers { get; set; }
}

/// <summary>One DIE of a draft.</summary>
/// <param name="node">How problems call the node: <c>node "n03"</c>.</param>
/// <param name="place">Of the DIE in the node, from 0.</param>
public sealed class DraftDie(string node, int place)
{
    /// <summary>How problems call its node.</summary>
    public string NodeOwner { get; } = node;

    /// <summary>How problems call it: <c>node "n03" die0</c>.</summary>
    public string Owner { get; } =
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{node} die{place}");

    /// <summary>In full form, not zero.</summary>
    public Said<Eid>? Eid { get; set; }

    /// <summary>Where it is dialled; where that was not said, at the place of the eid that it comes from.</summary>
    public Said<HostPort>? Grpc { get; set; }

    /// <summary>True: <see cref="Grpc"/> was not said.</summary>
    public bool IsGrpcDefault { get; set; }

    /// <summary>What it is plugged into.</summary>
    public Said<string>? Switch { get; set; }
}
