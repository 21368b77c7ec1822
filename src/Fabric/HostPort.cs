using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterRas.Fabric;

/// <summary>Where a peer listens: a host name or address, and a port of 1 to 65535.</summary>
/// <remarks>
/// The host is canonical, so that equal places are equal values: names in lower case, IPv6 in full, without brackets.
/// Addresses that nobody can dial ("any", multicast) and scoped ones (<c>%eth0</c>) are refused.
/// </remarks>
public readonly record struct HostPort
{
    private const int HostLengthMax = 253;

    private HostPort(string host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>Name or address, canonical, without brackets. Null only in the zero value.</summary>
    public string Host { get; }

    /// <summary>1 to 65535; 0 only in the zero value.</summary>
    public int Port { get; }

    /// <summary>Parses <c>name:port</c>, <c>1.2.3.4:port</c> or <c>[ipv6]:port</c>.</summary>
    /// <returns>False, with the zero value, for any other text. Never throws.</returns>
    public static bool TryParse(string text, out HostPort place) => Refusal(text, out place) is null;

    /// <summary>The text that dials it: <c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return Host?.Contains(':', StringComparison.Ordinal) == true ? $"[{Host}]:{port}" : $"{Host}:{port}";
    }

    /// <summary>Parses as <see cref="TryParse"/> does, and says why a text is refused; null: it is taken.</summary>
    internal static string? Refusal(string text, out HostPort place)
    {
        place = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return "has no port";
        }

        var portText = text.AsSpan(colon + 1);
        if (
            portText.Length is 0 or > 5
            || portText[0] == '0'
            || !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > ushort.MaxValue
        )
        {
            return "has no port of 1 to 65535";
        }

        var refusal = HostRefusal(text[..colon], out var host);
        if (refusal is null)
        {
            place = new HostPort(host, port);
        }

        return refusal;
    }

    private static string? HostRefusal(string text, out string host)
    {
        host = "";
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            return AddressRefusal(text[1..^1], AddressFamily.InterNetworkV6, out host);
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return "has an IPv6 address without brackets";
        }

        // A name whose last label is a number would be dialled as an address by some resolvers and as a name by others.
        var labels = text.Split('.');
        if (labels[^1].Length > 0 && labels[^1].All(char.IsAsciiDigit))
        {
            return AddressRefusal(text, AddressFamily.InterNetwork, out host);
        }

        var name = text.ToLowerInvariant();
        if (name.Length > HostLengthMax || !name.Split('.').All(DnsLabel.IsValid))
        {
            return "has a host that is neither a DNS name nor an address";
        }

        host = name;
        return null;
    }

    private static string? AddressRefusal(string text, AddressFamily family, out string host)
    {
        host = "";
        var isV6 = family == AddressFamily.InterNetworkV6;

        // The framework's parser also takes scopes, ports, octal, hex and short IPv4 forms; here they are mistakes.
        var plain = isV6
            ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : text.Split('.') is { Length: 4 } parts
                && parts.All(p =>
                    p.Length is 1 or 2 or 3 && (p.Length == 1 || p[0] != '0') && p.All(char.IsAsciiDigit)
                );
        if (!plain || !IPAddress.TryParse(text, out var address) || address.AddressFamily != family)
        {
            return isV6 ? "has a bad IPv6 address" : "has a bad IPv4 address";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        if (bytes.All(b => b == 0) || (bytes.Length == 4 ? bytes[0] >= 224 : bytes[0] == 0xff))
        {
            return "has an address that nobody can dial";
        }

        host = bytes.Length == 4 ? address.ToString() : Eid.FromBytes(bytes).ToString();
        return null;
    }
}
