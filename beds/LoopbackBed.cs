using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterRas.Beds;

/// <summary>Where namespaces are forbidden: 127.x.y.z for each node and DIE, and a relay for each rail.</summary>
/// <remarks>The topology has the relay's address, 127.77.die.node; the rasd listens on 127.78.die.node.</remarks>
public sealed class LoopbackBed(string reason) : Bed
{
    private const int PortMin = 7400;
    private const int PortMax = 7499;
    private const byte MapNet = 77;
    private const byte RealNet = 78;
    private readonly List<Relay> relays = [];
    private readonly Dictionary<IPAddress, Rail> rails = [];
    private int port = PortMin;

    /// <inheritdoc />
    public override string Description =>
        $"no namespaces here ({reason}), so an address 127.x.y.z for each node and DIE, and a relay for each rail";

    /// <inheritdoc />
    public override string GrpcOf(int number, int die) => new IPEndPoint(Address(MapNet, number, die), port).ToString();

    /// <inheritdoc />
    public override ProcessStartInfo OnNode(int number, string file, IEnumerable<string> arguments) =>
        Plain(file, arguments);

    /// <inheritdoc />
    public override IEnumerable<string> RasdOptions(int number)
    {
        for (var die = 0; die < BedMap.DieCount; die++)
        {
            yield return "--listen";
            yield return string.Create(CultureInfo.InvariantCulture, $"{die}={Address(RealNet, number, die)}:{port}");
        }
    }

    /// <inheritdoc />
    public override Task OpenAsync(int nodeCount, CancellationToken stop)
    {
        // Another cluster may run: its relays have the port, on all addresses or none.
        while (!TryOpen(nodeCount))
        {
            relays.ForEach(relay => relay.Dispose());
            relays.Clear();
            rails.Clear();
            if (++port > PortMax)
            {
                throw new BedFailedException($"no free port on 127.{MapNet}.0.1 of {PortMin} to {PortMax}");
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task SetRailAsync(int number, int die, bool isUp)
    {
        rails[Address(RealNet, number, die)].Set(isUp);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        relays.ForEach(relay => relay.Dispose());
        return base.DisposeAsync();
    }

    private static IPAddress Address(byte net, int number, int die) => new([127, net, (byte)die, (byte)number]);

    private bool TryOpen(int nodeCount)
    {
        for (var number = 1; number <= nodeCount; number++)
        {
            for (var die = 0; die < BedMap.DieCount; die++)
            {
                var rail = new Rail();
                var real = new IPEndPoint(Address(RealNet, number, die), port);
                var inMap = new IPEndPoint(Address(MapNet, number, die), port);
                var relay = new Relay(inMap, real, rail, source => rails.GetValueOrDefault(source));
                rails.Add(real.Address, rail);
                relays.Add(relay);
                try
                {
                    relay.Open();
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
