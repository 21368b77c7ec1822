using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ClusterRas.Fabric;

namespace ClusterRas.Node;

/// <summary>Where this node is to listen: at the map's addresses, unless the command line says otherwise for a DIE.</summary>
internal sealed class ListenPlan(IReadOnlyList<string> given, bool isInsecure)
{
    /// <summary>The addresses of this node by one map, die0 first; what is wrong with them goes to <paramref name="problems"/>.</summary>
    public ImmutableArray<HostPort> For(TopologyNode node, List<string> problems)
    {
        var listen = node.Dies.Select(die => die.Grpc).ToArray();
        foreach (var text in given)
        {
            var parts = text.Split('=', 2);
            if (
                parts.Length == 2
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var die)
                && die < listen.Length
                && HostPort.TryParse(parts[1], out var address)
            )
            {
                listen[die] = address;
            }
            else
            {
                problems.Add(
                    $"--listen {text}: expected DIE=HOST:PORT with a DIE from 0 to {listen.Length - 1}, e.g. 0=127.0.0.1:7400"
                );
            }
        }

        foreach (var address in listen)
        {
            if (!IPAddress.TryParse(address.Host, out var ip))
            {
                problems.Add(
                    $"{node.Name} would listen on {address}: expected an IP address of this machine, not a name"
                );
            }
            else if (!IPAddress.IsLoopback(ip) && !isInsecure)
            {
                problems.Add(
                    $"{node.Name} would listen on {address} without encryption and without knowing its peers; "
                        + "expected a loopback address, or --insecure if the network is trusted (TLS comes with a later version)"
                );
            }
        }

        return [.. listen];
    }
}
