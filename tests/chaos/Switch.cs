using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClusterRas.Chaos;

/// <summary>The switch between the nodes: two bridges whose frames nft drops as a scenario wants.</summary>
/// <remarks>Nothing of it touches the nodes; the program's own questions to them enter and leave at the bridges and are not forwarded, so no cut
/// hits them.</remarks>
internal sealed class Switch(NamespaceBed bed, Site site)
{
    private const string Table = """
        table bridge chaos {
            set dead { type ifname; }
            set rail { type ifname; counter; }
            set link { type ifname . ifname; counter; }
            chain loss {
            }
            chain forw {
                type filter hook forward priority 0; policy accept;
                iifname . oifname @link drop
                iifname @rail drop
                oifname @rail drop
                iifname @dead drop
                oifname @dead drop
                jump loss
            }
        }

        """;

    private readonly List<(int Number, int Die)> unplugged = [];
    private readonly List<int> bridgesDown = [];
    private readonly Dictionary<(int Number, int Die), SlowRail> slowRails = [];

    /// <summary>Which ways are whole, as far as the switch decides.</summary>
    public Roads Roads { get; } = new();

    /// <summary>Something but dead machines is cut now.</summary>
    public bool IsWhole => Roads.IsWhole && unplugged.Count == 0 && bridgesDown.Count == 0 && slowRails.Count == 0;

    /// <summary>Sets up the table.</summary>
    public Task OpenAsync() => NftAsync(Table);

    /// <summary>A machine is dead, or there again: on no rail anything of it passes.</summary>
    public async Task SetDeadAsync(IEnumerable<int> numbers, bool isDead)
    {
        var ports = numbers.SelectMany(n => Ports(n, 0).Concat(Ports(n, 1)));
        await NftAsync($"{(isDead ? "add" : "delete")} element bridge chaos dead {{ {string.Join(", ", ports)} }}\n");
    }

    /// <summary>Frames of links get lost, in the given directions.</summary>
    public Task CutLinksAsync(IReadOnlyList<(int From, int To, int Die)> ways)
    {
        foreach (var (from, to, die) in ways)
        {
            Roads.Set(from, to, die, isOpen: false);
        }

        return NftAsync($"add element bridge chaos link {{ {Elements(ways)} }}\n");
    }

    /// <summary>All frames of a node on these rails get lost.</summary>
    public Task CutRailsAsync(int number, IEnumerable<int> dies)
    {
        var list = dies.ToList();
        list.ForEach(die => Roads.SetRail(number, die, isOpen: false));
        var ports = string.Join(", ", list.SelectMany(die => Ports(number, die)));
        return NftAsync($"add element bridge chaos rail {{ {ports} }}\n");
    }

    /// <summary>The reverse, for a rail that flaps; its counter goes with it.</summary>
    public Task MendRailAsync(int number, int die)
    {
        Roads.SetRail(number, die, isOpen: true);
        return NftAsync($"delete element bridge chaos rail {{ {string.Join(", ", Ports(number, die))} }}\n");
    }

    /// <summary>A rail of a node is slow; all that passes there goes through a relay.</summary>
    /// <param name="seed">For its jitter, if there is no relay yet.</param>
    public async Task SlowAsync(int number, int die, Func<Slowness, Slowness> change, ulong seed)
    {
        if (!slowRails.TryGetValue((number, die), out var rail))
        {
            rail = await SlowRail.OpenAsync(bed, site, number, die, seed);
            slowRails.Add((number, die), rail);
        }

        await rail.SetAsync(change);
    }

    /// <summary>The cable is out.</summary>
    public async Task UnplugAsync(int number, int die)
    {
        Roads.SetRail(number, die, isOpen: false);
        unplugged.Add((number, die));
        await bed.SetRailAsync(number, die, isUp: false);
    }

    /// <summary>A bridge is down.</summary>
    public async Task BridgeDownAsync(int die)
    {
        for (var number = 1; number <= Fleet.NodeCount; number++)
        {
            Roads.SetRail(number, die, isOpen: false);
        }

        bridgesDown.Add(die);
        await bed.RunToolAsync("", "ip", "link", "set", $"die{die}", "down");
    }

    /// <summary>So many of 100 forwarded frames get lost.</summary>
    public Task LoseAsync(int percent) =>
        NftAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"add rule bridge chaos loss numgen random mod 100 < {percent} counter drop\n"
            )
        );

    /// <summary>What was dropped by cuts and losses since the last mend.</summary>
    public static async Task<long> DroppedAsync()
    {
        using var json = JsonDocument.Parse(await Output.OfAsync("nft", "-j", "list", "table", "bridge", "chaos"));
        return Packets(json.RootElement);
    }

    /// <summary>All that was cut is whole again, and what was slow is fast; dead machines stay dead.</summary>
    /// <param name="kept">This stays cut until the next mend, and nobody is told. Null: nothing does.</param>
    /// <returns>What the relays have done.</returns>
    public async Task<IReadOnlyList<RelayTally>> MendAsync(KeptCut? kept)
    {
        var tallies = new List<RelayTally>();
        foreach (var slow in slowRails.Values)
        {
            tallies.Add(await slow.CloseAsync());
        }

        slowRails.Clear();
        Roads.MendAll();
        var undo = new StringBuilder();
        undo.Append("flush set bridge chaos rail\nflush set bridge chaos link\nflush chain bridge chaos loss\n");
        if (kept is var (one, other, rail))
        {
            // In the same transaction, so not one frame passes between.
            undo.Append("add element bridge chaos link { ")
                .Append(Elements([(one, other, rail), (other, one, rail)]))
                .Append(" }\n");
        }

        await NftAsync(undo.ToString());
        foreach (var (number, die) in unplugged)
        {
            await bed.SetRailAsync(number, die, isUp: true);
        }

        foreach (var die in bridgesDown)
        {
            await bed.RunToolAsync("", "ip", "link", "set", $"die{die}", "up");
            // An address goes when its device goes down.
            await bed.RunToolAsync(
                "",
                "ip",
                "addr",
                "replace",
                $"{bed.SwitchAddress(die)}/64",
                "dev",
                $"die{die}",
                "nodad"
            );
        }

        unplugged.Clear();
        bridgesDown.Clear();
        return tallies;
    }

    // The node's own port, and the one that stands for it in the bridge while a relay is in its rail: a cut holds whichever came first.
    private static string[] Ports(int number, int die) =>
        [$"\"{NamespaceBed.PortOf(number, die)}\"", $"\"{SlowRail.PortInBridge(number, die)}\""];

    private static string Elements(IReadOnlyList<(int From, int To, int Die)> ways) =>
        string.Join(
            ", ",
            from way in ways
            from source in Ports(way.From, way.Die)
            from target in Ports(way.To, way.Die)
            select $"{source} . {target}"
        );

    private static long Packets(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .Sum(p =>
                    p is { Name: "packets", Value.ValueKind: JsonValueKind.Number }
                        ? p.Value.GetInt64()
                        : Packets(p.Value)
                ),
            JsonValueKind.Array => json.EnumerateArray().Sum(Packets),
            _ => 0,
        };

    private Task NftAsync(string text) => bed.RunToolAsync(text, "nft", "-f", "-");
}
