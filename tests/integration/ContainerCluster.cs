using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using Docker.DotNet.Models;

namespace ClusterRas.Integration;

/// <summary>Five nodes in containers on two networks, and all that was done to them.</summary>
public sealed class ContainerCluster : IAsyncLifetime
{
    private const int NodeCount = 5;
    private const int Port = 7400;

    // An engine needs a good part of the usual 300 ms to cut a network; with this rhythm a cut fits into the gap.
    private const int HeartbeatMs = 1000;
    private const int SmallDiskBytes = 24 << 20;

    /// <summary>How long a dying kernel waits.</summary>
    public const int WindowSeconds = 35;

    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LedgersAgreeWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);
    private readonly HashSet<LifeName> panics = [];
    private readonly HashSet<LifeName> trulySilent = [];
    private readonly List<INetwork> networks = [];

    /// <summary>n01 to n05. The last has a disk that is soon full, and that does not outlive its container.</summary>
    internal IReadOnlyList<ContainerNode> Nodes { get; private set; } = [];

    /// <summary>The node with the small disk.</summary>
    internal ContainerNode Small => Nodes[^1];

    /// <summary>Every heartbeat that enters the bridges of the engine.</summary>
    internal HeartbeatTap Tap { get; } = new();

    public static TimeSpan HeartbeatEvery => TimeSpan.FromMilliseconds(HeartbeatMs);

    /// <summary>The network that is this DIE of all nodes.</summary>
    public static string NetworkOf(int die) => FormattableString.Invariant($"die{die}");

    public async ValueTask InitializeAsync()
    {
        for (var die = 0; die < BedMap.DieCount; die++)
        {
            var network = new NetworkBuilder()
                .WithName(NetworkOf(die))
                .WithCreateParameterModifier(p =>
                {
                    p.Internal = true;
                    p.EnableIPv6 = true;
                    p.IPAM = new IPAM
                    {
                        Config =
                        [
                            // An engine of this age wants an IPv4 subnet too; nothing uses it.
                            new IPAMConfig { Subnet = FormattableString.Invariant($"10.74.{die}.0/24") },
                            new IPAMConfig
                            {
                                Subnet = FormattableString.Invariant($"fd00:a:{die}::/64"),
                                Gateway = FormattableString.Invariant($"fd00:a:{die}::fffe"),
                            },
                        ],
                    };
                })
                .Build();
            await network.CreateAsync();
            networks.Add(network);
        }

        var tuning = new Tuning([KeyValuePair.Create(ClusterOption.HeartbeatMs, HeartbeatMs)]);
        var map = BedMap.Create(
            "containers",
            NodeCount,
            (number, die) => FormattableString.Invariant($"[{BedMap.EidOf(number, die)}]:{Port}"),
            tuning
        );
        var mapPath = Path.Combine(Stand.Home, "topology.json");
        await File.WriteAllTextAsync(mapPath, TopologyFile.Write(map));
        Nodes =
        [
            .. map.Nodes.Select(n => new ContainerNode(
                n,
                mapPath,
                networks,
                n.Id.Value == NodeCount - 1 ? SmallDiskBytes : null
            )),
        ];
        Tap.Open();
        await Task.WhenAll(Nodes.Select(n => n.CreateAsync()));
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        foreach (var network in networks)
        {
            await network.DisposeAsync();
        }
    }

    /// <summary>Waits until all nodes show the same master, and everybody up in the life that its container began.</summary>
    /// <returns>How they show it.</returns>
    internal async Task<Picture> SettleAsync() =>
        await UntilAsync(
            "one cluster of all nodes",
            async () =>
            {
                var all = (await Task.WhenAll(Nodes.Select(n => n.AskAsync()))).OfType<Picture>().ToList();
                return
                    all.Count == Nodes.Count
                    && all.TrueForAll(p =>
                        p.Master is not null
                        && (p.Master, p.Term) == (all[0].Master, all[0].Term)
                        && Nodes.All(n => p.IsFit(n.Life))
                    )
                    ? all[0]
                    : null;
            }
        );

    /// <summary>Who plays what: the master, and two others that are not it; nobody of them has the small disk, if that can be.</summary>
    internal async Task<(
        ContainerNode Master,
        ContainerNode Witness,
        ContainerNode Victim,
        Picture Picture
    )> CastAsync()
    {
        var picture = await SettleAsync();
        if (picture.Master == Small.Number)
        {
            await Nodes[0].RasctlAsync("transfer", "--to", Nodes[0].Name);
            picture = await SettleAsync();
        }

        var master = Nodes[picture.Master!.Value - 1];
        var others = Nodes.Where(n => n != master && n != Small).ToList();
        return (master, others[0], others[1], picture);
    }

    /// <summary>The victim is killed with SIGKILL, and the witness's kernel is told that it has panicked.</summary>
    internal async Task<Task<KernelAck?>> PanicAsync(ContainerNode victim, ContainerNode witness, Picture before)
    {
        var life = victim.Life;
        panics.Add(life);
        trulySilent.Add(life);
        await victim.KillAsync();
        var armed = new ArmedTimeout(WindowSeconds, before.TagOf(victim.Number));
        return witness.Kernel.TellAsync(
            (msgid, at) =>
                new DeviceRecord.Panic(msgid, at, (ulong)armed.Ms, victim.Node.Cna ?? default, victim.Node.Dies[0].Eid),
            CancellationToken.None
        );
    }

    /// <summary>It is right to call the node silent from now on, in this life.</summary>
    internal void MaySilence(ContainerNode node) => trulySilent.Add(node.Life);

    /// <summary>Waits until both directions of a link have just had a heartbeat.</summary>
    /// <returns>The later of the two, and when the next is due; on <see cref="Stopwatch"/>'s clock.</returns>
    internal async Task<(long LastAt, long NextDueAt)> GapAsync(ContainerNode from, ContainerNode to, int die)
    {
        var gap = await UntilAsync(
            $"a gap between heartbeats of {from.Name} and {to.Name} on die{die}",
            () =>
            {
                var due =
                    Tap.Newest(from.Number, to.Number, die, HeartbeatEvery) is { } there
                    && Tap.Newest(to.Number, from.Number, die, HeartbeatEvery) is { } back
                        ? Math.Min(there.NextDueAt, back.NextDueAt)
                        : 0;

                // Both beat once a second or, in turns, every other one, each in its own rhythm: half of it is always free of both.
                return Task.FromResult(
                    due - Stopwatch.GetTimestamp() > Stopwatch.Frequency * 45 / 100
                        ? Tuple.Create(Stopwatch.GetTimestamp(), due)
                        : null
                );
            },
            TimeSpan.FromMilliseconds(2)
        );
        return (gap.Item1, gap.Item2);
    }

    /// <summary>Waits for what the probe finds.</summary>
    internal async Task<T> UntilAsync<T>(string what, Func<Task<T?>> probe, TimeSpan? every = null)
        where T : class
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe() is { } found)
            {
                return found;
            }

            if (Stopwatch.GetElapsedTime(start) > SettleWithin)
            {
                var logs = await Task.WhenAll(Nodes.Select(async n => $"--- {n.Name}\n{await n.LogTailAsync()}"));
                throw new TimeoutException(
                    $"{what}: not within {SettleWithin.TotalSeconds:0} s\n{string.Join('\n', logs)}"
                );
            }

            await Task.Delay(every ?? LookAgainAfter);
        }
    }

    /// <summary>All ledgers hold each panic once, are alike, and call nobody silent who was not: nothing lost, nothing doubled.</summary>
    internal async Task JudgeAsync()
    {
        await SettleAsync();
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var verdict = Ledgers.Judge(
                [.. Nodes.Select(n => n.Ledger)],
                Nodes.Select(n => n.Life).ToHashSet(),
                panics,
                trulySilent
            );
            if (verdict.Findings.Count == 0 || Stopwatch.GetElapsedTime(start) > LedgersAgreeWithin)
            {
                verdict.Findings.ShouldBeEmpty();
                verdict.FalselySilent.ShouldBeEmpty();
                Console.WriteLine($"{panics.Count} panics in {Nodes.Count} ledgers: 0 lost, 0 doubled");
                break;
            }

            await Task.Delay(LookAgainAfter);
        }

        foreach (var node in Nodes)
        {
            node.Kernel.Oddities.ShouldBeEmpty();
        }
    }
}
