using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>Everything about one option, for people.</summary>
/// <param name="Name">As its file has it.</param>
/// <param name="Where">Where it may stand.</param>
/// <param name="IsOfTheCluster">True: all nodes have it alike, and it is in the digest of the map.</param>
/// <param name="What">What it is; a sentence without its full stop.</param>
/// <param name="Unit">"ms"; empty: none.</param>
/// <param name="Default">Without a word about it.</param>
/// <param name="Range">What its value must be.</param>
/// <param name="Relations">What it must fit, each a sentence without its full stop.</param>
/// <param name="Outside">What goes wrong, each a sentence without its full stop.</param>
public sealed record Explanation(
    string Name,
    string Where,
    bool IsOfTheCluster,
    string What,
    string Unit,
    string Default,
    string Range,
    ImmutableArray<string> Relations,
    ImmutableArray<string> Outside
)
{
    private static readonly (string Text, string[] Names)[] Fits =
    [
        ("election_min_ms is 3 times beat_ms or more", ["election_min_ms", "beat_ms"]),
        ("election_max_ms is a fifth more than election_min_ms, or more", ["election_min_ms", "election_max_ms"]),
        ("seat_delay_ms is a fifth of election_min_ms at most", ["seat_delay_ms", "election_min_ms"]),
        ("link_ack_ms is heartbeat_ms at most", ["link_ack_ms", "heartbeat_ms"]),
        ("probe_ms is heartbeat_ms at most", ["probe_ms", "heartbeat_ms"]),
        (
            "the silence time, heartbeat_ms times heartbeats_missed plus probe_ms, is over election_max_ms",
            ["heartbeat_ms", "heartbeats_missed", "probe_ms", "election_max_ms"]
        ),
        ("deliver_ms is resend_ms or more", ["deliver_ms", "resend_ms"]),
        (
            "a window (panic_ms, kernel_reboot_ms) is 1500 ms (the margin of a stock kernel) plus election_max_ms plus twice resend_ms, or more",
            ["panic_ms", "kernel_reboot_ms", "election_max_ms", "resend_ms"]
        ),
        (
            "deadline_ms of a required handler is 150 ms below the shortest window of its events, or less",
            ["handlers", "panic_ms", "kernel_reboot_ms"]
        ),
    ];

    /// <summary>Every option: first those of the cluster, then those of a node.</summary>
    public static ImmutableArray<Explanation> All { get; } =
    [
        new(
            TimingProfile.Member,
            $"the map: {ClusterOption.Timing}",
            true,
            "rhythms that fit each other, under one name; what is written beside it goes before it",
            "",
            TimingProfile.Default.Name,
            TimingProfile.Expected,
            [],
            [.. TimingProfile.All.Select(Told)]
        ),
        .. ClusterOption.All.Select(Of),
        Window("panic_ms", "how long a kernel that panics waits for its ack"),
        Window("kernel_reboot_ms", "how long a kernel waits for its ack before it reboots or halts"),
        new(
            "jetty",
            "the map: jetty",
            true,
            "the client_jetty_id of all nodes",
            "",
            "none: no URMA is planned",
            $"a whole number, {JettyId.Min} to {JettyId.Max}",
            [],
            ["a peer's jetty is addressed by the own id: with different ones no link is built"]
        ),
        .. NodeOption.All.Select(Of),
    ];

    /// <summary>The option; null: there is none of this name.</summary>
    public static Explanation? Find(string name)
    {
        var plain = name.TrimStart('-').Split('.')[^1];
        return All.FirstOrDefault(one => one.Name == plain)
            ?? All.FirstOrDefault(one => one.Where.Contains($"--{plain} ", StringComparison.Ordinal));
    }

    private static string Told(TimingProfile profile)
    {
        var values = ClusterOption
            .All.Where(profile.Values.ContainsKey)
            .Select(option => string.Create(CultureInfo.InvariantCulture, $"{option} {profile.Values[option]}"));
        var text = string.Join(", ", values);
        return $"{profile.Name}: {profile.What}{(text.Length == 0 ? "" : $": {text}")}";
    }

    private static Explanation Of(ClusterOption option) =>
        new(
            option.Name,
            $"the map: {option.Member}",
            true,
            option.What,
            option.Unit,
            option.Default.ToString(CultureInfo.InvariantCulture),
            option.Expected,
            RelationsOf(option.Name),
            [$"smaller: {option.Below}", $"larger: {option.Above}"]
        );

    private static Explanation Of(NodeOption option) =>
        new(
            option.Name,
            $"the file of a node, or its command line: {option.CommandLine} ",
            false,
            option.What,
            "",
            option.Default,
            option.Expected,
            RelationsOf(option.Name),
            [option.Outside]
        );

    private static Explanation Window(string name, string what) =>
        new(
            name,
            "the map: timeouts, of all or of one node",
            true,
            what,
            "ms",
            BlockingTimeouts.MsDefault.ToString(CultureInfo.InvariantCulture),
            string.Create(
                CultureInfo.InvariantCulture,
                $"a whole number, 0 to {Limits.WindowMsMax} ms; whole seconds from 2000"
            ),
            RelationsOf(name),
            [
                "under 1000: a stock kernel never says that it dies",
                "under 2000: no ack is ever seen by a stock kernel",
                "larger: a kernel that nobody answers blocks for that long",
            ]
        );

    private static ImmutableArray<string> RelationsOf(string name) =>
        [.. Fits.Where(fit => fit.Names.Contains(name)).Select(fit => fit.Text)];
}
