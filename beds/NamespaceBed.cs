using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ClusterRas.Beds;

/// <summary>One network namespace for each node; the program's own is the switch, with one bridge for each DIE.</summary>
/// <remarks>
/// Works without root inside the namespaces that <c>beds/stage.sh</c> enters, and is gone when they are. Nodes are files
/// under the home folder and not names of <c>ip netns</c>, which would want to own /run.
/// </remarks>
public sealed class NamespaceBed(string home, int? hostPid) : Bed
{
    private const int Port = 7400;

    // Behind all nodes; whoever asks the nodes dials from there.
    private const int SwitchNumber = 254;

    /// <summary>Its eids are addresses: the kernel has IPv6.</summary>
    public bool HasIPv6 => hasIPv6;

    // A kernel without IPv6 has no such folder; the eids stay what they are, only the roads are IPv4 then.
    private readonly bool hasIPv6 = Directory.Exists("/proc/sys/net/ipv6");

    /// <inheritdoc />
    public override string Description =>
        "a network namespace for each node, two switches (one for each DIE); no root, no port of this machine";

    /// <inheritdoc />
    /// <remarks>Its network alone: its mounts have a /proc of other processes, and .NET starts in no place where it does not find itself.</remarks>
    public override string? EnterCommand =>
        hostPid is { } pid ? $"nsenter -t {Text(pid)} -U -n --preserve-credentials" : null;

    /// <inheritdoc />
    public override string GrpcOf(int number, int die) =>
        hasIPv6 ? $"[{AddressOf(number, die)}]:{Text(Port)}" : $"{AddressOf(number, die)}:{Text(Port)}";

    /// <inheritdoc />
    public override string CutCommand(int number, int die) => $"ip link set {PortOf(number, die)} down";

    /// <inheritdoc />
    public override ProcessStartInfo OnNode(int number, string file, IEnumerable<string> arguments) =>
        Plain("nsenter", [$"--net={Path.Combine(home, NamespaceOf(number))}", file, .. arguments]);

    /// <inheritdoc />
    public override async Task OpenAsync(int nodeCount, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.Combine(home, "net"));
        var ours = new StringBuilder("link set lo up\n");
        for (var die = 0; die < BedMap.DieCount; die++)
        {
            // An address of its own: else it is a port's, and another one when ports come and go.
            ours.Append(
                CultureInfo.InvariantCulture,
                $"link add die{die} address 02:00:00:00:fe:0{die} type bridge mcast_snooping 0\n"
            );
            ours.Append(CultureInfo.InvariantCulture, $"link set die{die} up\n");
            ours.Append(AddAddress(SwitchNumber, die));
        }

        for (var number = 1; number <= nodeCount; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(home, NamespaceOf(number)), "", stop);
            await RunAsync("", "unshare", [$"--net={NamespaceOf(number)}", "true"], stop);
            for (var die = 0; die < BedMap.DieCount; die++)
            {
                var (port, node) = (PortOf(number, die), NamespaceOf(number));
                ours.Append(
                    CultureInfo.InvariantCulture,
                    $"link add {port} type veth peer name die{die} netns {node}\nlink set {port} master die{die} up\n"
                );
            }
        }

        // The host may have IPv6 switched off for new devices; ours are made after this.
        const string script = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e $f ] || echo 0 >$f; done; ";
        await RunAsync("", "sh", ["-c", script], stop);
        await RunAsync(ours.ToString(), "ip", ["-b", "-"], stop);
        for (var number = 1; number <= nodeCount; number++)
        {
            var its =
                "link set lo up\nlink set die0 up\nlink set die1 up\n" + AddAddress(number, 0) + AddAddress(number, 1);
            await RunAsync(its, "nsenter", [$"--net={NamespaceOf(number)}", "sh", "-c", script + "exec ip -b -"], stop);
        }
    }

    /// <inheritdoc />
    public override Task SetRailAsync(int number, int die, bool isUp) =>
        RunAsync("", "ip", ["link", "set", PortOf(number, die), isUp ? "up" : "down"], CancellationToken.None);

    private static string NamespaceOf(int number) => "net/" + BedMap.NameOf(number);

    /// <summary>The switch's end of a cable.</summary>
    public static string PortOf(int number, int die) => $"{BedMap.NameOf(number)}.{Text(die)}";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string AddressOf(int number, int die) =>
        hasIPv6 ? BedMap.EidOf(number, die).ToString() : $"10.74.{Text(die)}.{Text(number)}";

    // "nodad": else an address is not usable for its first second or two.
    private string AddAddress(int number, int die) =>
        $"addr add {AddressOf(number, die)}/{(hasIPv6 ? "64" : "24")} dev die{Text(die)}{(hasIPv6 ? " nodad" : "")}\n";

    /// <summary>The address from which the switch itself asks the nodes.</summary>
    public string SwitchAddress(int die) => AddressOf(SwitchNumber, die);

    /// <summary>Runs a tool of the switch; throws what it said if it fails.</summary>
    public Task RunToolAsync(string input, string file, params string[] arguments) =>
        RunAsync(input, file, arguments, CancellationToken.None);

    private async Task RunAsync(string input, string file, string[] arguments, CancellationToken stop)
    {
        var start = Plain(file, arguments);
        start.WorkingDirectory = home;
        using var process = Process.Start(start) ?? throw new BedFailedException($"cannot start {file}");
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0)
        {
            throw new BedFailedException($"{file} {string.Join(' ', arguments)}: {said.Trim()}");
        }
    }
}
