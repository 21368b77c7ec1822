using System.Collections.Immutable;

namespace ClusterRas.Options;

/// <summary>An option of one node's <c>rasd</c>: nodes may differ in it.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="CommandLine">As the command line has it, which wins over the file.</param>
/// <param name="What">What it is; a sentence without its full stop.</param>
/// <param name="Expected">What its value must be.</param>
/// <param name="Default">Without a word about it.</param>
/// <param name="Example">A value, as it is written in the file.</param>
/// <param name="Outside">What goes wrong with another value.</param>
public sealed record NodeOption(
    string Name,
    string CommandLine,
    string What,
    string Expected,
    string Default,
    string Example,
    string Outside
)
{
    /// <summary>Most a handler may take: the longest window.</summary>
    public const int DeadlineMsMax = Fabric.Limits.WindowMsMax;

    /// <summary>The kinds of events that can be switched on; "all" stands for each of them.</summary>
    public static readonly ImmutableArray<string> EventWords = ["poweroff", "oom", "panic", "reboot", "memory", "link"];

    /// <summary>All of them, in the order of the file.</summary>
    public static ImmutableArray<NodeOption> All { get; } =
    [
        new(
            "topology",
            "--topology FILE",
            "the cluster's map; the same file on every node",
            "the path of a topology file",
            "none: it is required",
            "\"/etc/clusterras/topology.json\"",
            "rasd does not start; with another map than its peers', they refuse it"
        ),
        new(
            "node",
            "--node NAME",
            "which node of the map this is",
            "a name of the map",
            "this machine's name",
            "\"n01\"",
            "rasd does not start; under another node's name it listens at addresses that it does not have"
        ),
        new(
            "data",
            "--data DIR",
            "the folder of this node's ledger; made if missing",
            "the path of a folder on a disk that survives a reboot",
            "none: it is required",
            "\"/var/lib/clusterras\"",
            "a node without its disk is another voter, and its vote is taken from it"
        ),
        new(
            "devices",
            "--device PATH",
            "sysSentry's device, or a FIFO that stands for it (made if missing; acks go to PATH.ack)",
            "a list of paths, each once",
            "none: this node reads no kernel",
            "[\"/dev/sentry_msg_helper\"]",
            "a device has one reader: a second one is refused"
        ),
        new(
            "events",
            "--events KINDS",
            "kinds of events to raise; all others are counted and dropped",
            $"a list of all, or some of {string.Join(", ", EventWords)}",
            "none, as in sysSentry",
            "[\"panic\", \"reboot\"]",
            "a kind that is off is lost, also for the cluster"
        ),
        new(
            "listen",
            "--listen DIE=HOST:PORT",
            "where a DIE listens, in place of the map's address",
            "a list of objects with die and address, each DIE once",
            "the map's addresses",
            "[ { \"die\": 0, \"address\": \"10.0.0.1:7400\" } ]",
            "peers dial the map's address, and nobody answers there"
        ),
        new(
            "handlers",
            "--handler NAME:KINDS:MS[:required][:idempotent][:silence]=PROGRAM",
            "programs that are started for each incident",
            "a list of objects with name, events, deadline_ms and command; required, idempotent and silence are false without a word",
            "none",
            "[ { \"name\": \"fence\", \"events\": [\"panic\"], \"deadline_ms\": 5000, \"command\": [\"/usr/bin/fence\"] } ]",
            "a required one that outlasts its window leaves the ack without its answer"
        ),
        new(
            "notifications",
            "--notifications FILE",
            "the file of channels by which people are told of incidents; the same on every node that can be master",
            "the path of a file of channels",
            "none: nobody is told but who looks",
            "\"/etc/clusterras/notifications.json\"",
            "a master without a channel cannot tell it: nobody is told, and the log says so"
        ),
        new(
            "boot_id_file",
            "--boot-id-file PATH",
            "the file with this boot's id",
            "the path of a file with 8-4-4-4-12 hex digits",
            "/proc/sys/kernel/random/boot_id",
            "\"/proc/sys/kernel/random/boot_id\"",
            "two boots with one id are one life, and their incidents are one"
        ),
        new(
            "record",
            "--record FILE",
            "a new file for all that the core is given, with a digest of what it decides",
            "the path of a file that is not there",
            "none: nothing is recorded",
            "\"/var/tmp/rasd.recording\"",
            "nothing is replaced: rasd does not start"
        ),
        new(
            "insecure",
            "--insecure",
            "true: addresses that are not loopback are taken without TLS",
            "true or false",
            "false",
            "false",
            "anybody who reaches such an address can say anything"
        ),
        new(
            "verbose",
            "--verbose",
            "true: what is ordinary is logged, too",
            "true or false",
            "false",
            "false",
            "what matters is between what does not"
        ),
    ];

    /// <summary>The option with this name of the file.</summary>
    public static NodeOption Of(string name) => All.First(option => option.Name == name);
}
