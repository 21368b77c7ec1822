using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;

namespace ClusterRas.AckBench;

/// <summary>All nodes: 127.79.DIE.NODE, two DIEs each, one port that was free on all of them.</summary>
internal sealed class Fleet : IDisposable
{
    private const int DieCount = 2;

    /// <summary>Below the ports that the kernel gives to dialling sockets.</summary>
    private const int PortMin = 7500;
    private const int PortMax = 7599;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    private readonly string topologyPath;

    public Fleet(int count, string home)
    {
        Port = FreePort(count);
        var map = Topology.Create("bench", [.. Enumerable.Range(1, count).Select(NodeOf)]);
        topologyPath = Path.Combine(home, "topology.json");
        File.WriteAllText(topologyPath, TopologyFile.Write(map));
        ControlCount = map.ControlGroup.Length;
        Machines = [.. map.Nodes.Select(node => new Machine(node, home))];
    }

    /// <summary>Of all that listens here; the addresses 127.79.9.1 and .2 are for others that need one.</summary>
    public int Port { get; }

    /// <summary>Voters.</summary>
    public int ControlCount { get; }

    /// <summary>All nodes, n01 first.</summary>
    public IReadOnlyList<Machine> Machines { get; }

    /// <summary>Processor time of all nodes so far, in ms.</summary>
    public long CpuMs => Machines.Sum(machine => machine.CpuMs);

    /// <summary>Starts all.</summary>
    public void Start(Janitor janitor, string rasd)
    {
        foreach (var machine in Machines)
        {
            machine.Start(janitor, rasd, topologyPath);
        }
    }

    /// <summary>Waits until every node follows one master, is joined, and has the same log.</summary>
    /// <returns>The master.</returns>
    public async Task<Machine> SettledAsync(CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var states = await Task.WhenAll(Machines.Select(machine => machine.StatusAsync(stop)));
            if (MasterOf(states) is { } master)
            {
                return master;
            }

            if (Stopwatch.GetElapsedTime(start) > SettleWithin)
            {
                var answering = states.Count(state => state is not null);
                var following = states.Count(state => state?.Master?.HasNode == true);
                throw new BenchFailedException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"no settled cluster within {SettleWithin.TotalSeconds:0} s: of {Machines.Count} nodes "
                            + $"{answering} answer and {following} know a master"
                    )
                );
            }

            await Task.Delay(PollEvery, stop);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var machine in Machines)
        {
            machine.Dispose();
        }
    }

    private Machine? MasterOf(Status?[] states)
    {
        var known = states.OfType<Status>().ToArray();
        if (known.Length < states.Length || !known.All(state => state.Master is { HasNode: true }))
        {
            return null;
        }

        var isOne =
            known.DistinctBy(state => (state.Master.Node, state.Master.Term, state.CommitIndex)).Count() == 1
            && known.All(state => state.OutboxCount == 0 && state.Members.All(member => member.Life is { Tag: > 0 }));
        return isOne ? Machines.Single(machine => machine.Node.Id.Value == (int)known[0].Master.Node) : null;
    }

    private TopologyNode NodeOf(int number) =>
        new(
            new NodeId(number - 1),
            string.Create(CultureInfo.InvariantCulture, $"n{number:00}"),
            new Cna((uint)(0x100 + number)),
            [.. Enumerable.Range(0, DieCount).Select(die => DieOf(number, die))]
        );

    private TopologyDie DieOf(int number, int die) =>
        HostPort.TryParse(new IPEndPoint(Address(die, number), Port).ToString(), out var grpc)
            ? new TopologyDie(new Die(die), new Eid(0xfd00_000b_0000_0000 | ((ulong)die << 16), (ulong)number), grpc)
            : throw new UnreachableException("an address is one");

    private static IPAddress Address(int die, int number) => new([127, 79, (byte)die, (byte)number]);

    private static int FreePort(int count)
    {
        IPAddress[] all =
        [
            Address(9, 1),
            Address(9, 2),
            .. from die in Enumerable.Range(0, DieCount)
            from number in Enumerable.Range(1, count)
            select Address(die, number),
        ];
        for (var port = PortMin; port <= PortMax; port++)
        {
            if (all.All(address => IsFree(new IPEndPoint(address, port))))
            {
                return port;
            }
        }

        throw new BenchFailedException($"no free port on 127.79.0.1 and its neighbours of {PortMin} to {PortMax}");
    }

    private static bool IsFree(IPEndPoint at)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(at);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
