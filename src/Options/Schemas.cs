using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>JSON schemas (draft 2020-12) of the three files, for editors: they know every member, its form and its range.</summary>
/// <remarks>What only a whole map shows (an eid twice, rhythms that do not fit) is for <c>rasctl config check</c>.</remarks>
public static class Schemas
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";
    private const string Label = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
    private const string Site = "^[A-Za-z0-9._:/-]{1,63}$";

    // An eid of zeros means "not set".
    private const string EidText = "^(?!0000(:0000){7}$)[0-9a-fA-F]{4}(:[0-9a-fA-F]{4}){7}$";

    /// <summary>Of the topology file.</summary>
    public static string Topology() =>
        Text(
            File(
                "A ClusterRas topology file: the map of a cluster, the same on every node",
                ["version", "cluster", "nodes"],
                ("version", new JsonObject { ["const"] = Fabric.Topology.FormatVersion }),
                ("cluster", TextOf("the cluster's name", Label)),
                (
                    "control",
                    ListOf(
                        "the nodes that vote first: 1, 3 or 5; without it the first ones by id",
                        TextOf("a node's name", Label),
                        1,
                        5
                    )
                ),
                (
                    "jetty",
                    Number("the client_jetty_id of all nodes; without it no URMA is planned", JettyId.Min, JettyId.Max)
                ),
                ("timeouts", Timeouts()),
                (ClusterOption.Timing, Options(ClusterOption.Timing, "rhythms; all nodes have them alike")),
                (ClusterOption.Limits, Options(ClusterOption.Limits, "limits; all nodes have them alike")),
                ("gaps", ListOf("pairs that are not to be linked over URMA on one DIE", Gap(), 0, null)),
                ("nodes", ListOf("the nodes", Node(), 1, Fabric.Limits.NodeCountMax))
            )
        );

    /// <summary>Of the file of one <c>rasd</c>.</summary>
    public static string OfNode() =>
        Text(
            File(
                "Options of one ClusterRas rasd; what its command line says wins",
                ["version"],
                [
                    ("version", new JsonObject { ["const"] = NodeFile.FormatVersion }),
                    .. NodeOption.All.Select(option => (option.Name, FormOf(option))),
                ]
            )
        );

    /// <summary>Of the file of notification channels.</summary>
    public static string OfNotifications() =>
        Text(
            File(
                "Channels by which ClusterRas tells people of incidents; the same file on every node that can be master",
                ["version", "channels"],
                ("version", new JsonObject { ["const"] = NotificationFile.FormatVersion }),
                ("channels", ListOf("the channels", Channel(), 0, null))
            )
        );

    private static JsonObject Channel()
    {
        var end = Flag("true: also told when an incident is over");
        end["default"] = true;
        var channel = ObjectOf(
            "a webhook, or a program on the master's machine",
            ["name"],
            ("name", TextOf("unique", Label)),
            (
                "events",
                ListOf("kinds of incidents; without it all but link", WordOf([.. NotificationFile.EventWords]), 1, null)
            ),
            ("webhook", TextOf("an http or https address that is told by POST, at least once", "^https?://.")),
            ("format", WordOf([.. NotificationFile.Formats])),
            ("token_file", TextOf("a file with a bearer token for the webhook", ".")),
            (
                "command",
                ListOf("the program's path and its arguments, started at most once; no shell", TextOf("", "."), 1, null)
            ),
            ("end", end),
            ("timeout_ms", Number("how long one try may take", 1, NotificationFile.MsMax)),
            ("give_up_ms", Number("since a webhook's first try no other is begun", 1, NotificationFile.MsMax))
        );
        channel["oneOf"] = new JsonArray(
            new JsonObject { ["required"] = new JsonArray("webhook") },
            new JsonObject { ["required"] = new JsonArray("command") }
        );
        return channel;
    }

    private static JsonObject FormOf(NodeOption option)
    {
        var form = option.Name switch
        {
            "node" => TextOf("", Label),
            "devices" => ListOf("", TextOf("", "."), 0, null),
            "events" => ListOf("", WordOf([.. NodeOption.EventWords, "all"]), 0, null),
            "listen" => ListOf("", Listen(), 0, Fabric.Limits.DieCountMax),
            "handlers" => ListOf("", Handler(), 0, null),
            "insecure" or "verbose" => new JsonObject { ["type"] = "boolean", ["default"] = false },
            _ => TextOf("", "."),
        };
        form["description"] = $"{option.What}. Command line: {option.CommandLine}. Default: {option.Default}";
        return form;
    }

    private static JsonObject Timeouts() =>
        ObjectOf(
            "how long a dying kernel waits for its ack",
            [],
            ("panic_ms", Number("after a panic; without it the drivers' 35000", 0, Fabric.Limits.WindowMsMax)),
            ("kernel_reboot_ms", Number("before a reboot; without it the drivers' 35000", 0, Fabric.Limits.WindowMsMax))
        );

    private static JsonObject Options(string member, string what) =>
        ObjectOf(
            what,
            [],
            [
                .. ProfileOf(member),
                .. ClusterOption
                    .All.Where(option => option.Member == member)
                    .Select(option =>
                    {
                        var number = Number(option.What, option.Min, option.Max);
                        number["default"] = option.Default;
                        return (option.Name, number);
                    }),
            ]
        );

    private static IEnumerable<(string Name, JsonObject Form)> ProfileOf(string member)
    {
        if (member == ClusterOption.Timing)
        {
            yield return (
                TimingProfile.Member,
                new JsonObject
                {
                    ["description"] = "rhythms that fit each other; what is written beside it goes before it",
                    ["enum"] = new JsonArray([.. TimingProfile.All.Select(one => (JsonNode)one.Name)]),
                    ["default"] = TimingProfile.Default.Name,
                }
            );
        }
    }

    private static JsonObject Gap() =>
        ObjectOf(
            "a pair that is not to be linked",
            ["die", "between"],
            ("die", Number("on which DIE", 0, Fabric.Limits.DieCountMax - 1)),
            ("between", ListOf("two nodes", TextOf("a node's name", Label), 2, 2))
        );

    private static JsonObject Node() =>
        ObjectOf(
            "a node",
            ["id", "name", "dies"],
            ("id", Number("unique; below the limit of the check", 0, Fabric.Limits.NodeCountMax - 1)),
            ("name", TextOf("unique", Label)),
            ("cna", Number("unique; without it the node has no UVB", 0, (int)Cna.Max)),
            ("rack", TextOf("where it stands", Site)),
            ("timeouts", Timeouts()),
            ("dies", ListOf("die0 first; as many on every node", Die(), 1, Fabric.Limits.DieCountMax))
        );

    private static JsonObject Die() =>
        ObjectOf(
            "a DIE",
            ["eid"],
            ("eid", TextOf("its address: 8 groups of 4 hex digits, unique", EidText)),
            ("grpc", TextOf("host:port where its gRPC listens; without it the eid itself, port 7400", ".:[0-9]{1,5}$")),
            ("switch", TextOf("what it is plugged into", Site))
        );

    private static JsonObject Listen() =>
        ObjectOf(
            "where a DIE listens",
            ["die", "address"],
            ("die", Number("which DIE", 0, Fabric.Limits.DieCountMax - 1)),
            ("address", TextOf("host:port", ".:[0-9]{1,5}$"))
        );

    private static JsonObject Handler() =>
        ObjectOf(
            "a program that is started for each incident",
            ["name", "events", "deadline_ms", "command"],
            ("name", TextOf("unique", Label)),
            ("events", ListOf("kinds that it is started for", WordOf([.. NodeOption.EventWords]), 1, null)),
            ("deadline_ms", Number("how long it may take", 1, NodeOption.DeadlineMsMax)),
            ("required", Flag("true: the ack waits for it")),
            ("idempotent", Flag("true: it may be started again for one incident")),
            ("silence", Flag("true: it is started only when the victim is silent")),
            ("command", ListOf("the program's path and its arguments; no shell", TextOf("", "."), 1, null))
        );

    private static JsonObject File(string title, string[] required, params (string Name, JsonObject Form)[] members)
    {
        var form = ObjectOf(
            "",
            required,
            [("$schema", TextOf("where this schema is; for editors only", "")), .. members]
        );
        form.Remove("description");
        var file = new JsonObject { ["$schema"] = Draft, ["title"] = title };
        foreach (var (name, value) in form.ToList())
        {
            form.Remove(name);
            file[name] = value;
        }

        return file;
    }

    private static JsonObject ObjectOf(string what, string[] required, params (string Name, JsonObject Form)[] members)
    {
        var properties = new JsonObject();
        foreach (var (name, form) in members)
        {
            properties[name] = form;
        }

        var made = new JsonObject
        {
            ["description"] = what,
            ["type"] = "object",
            ["properties"] = properties,
        };
        if (required.Length > 0)
        {
            made["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        made["additionalProperties"] = false;
        return made;
    }

    private static JsonObject TextOf(string what, string pattern)
    {
        var form = new JsonObject { ["description"] = what, ["type"] = "string" };
        if (pattern.Length > 0)
        {
            form["pattern"] = pattern;
        }

        return Without(form, what);
    }

    private static JsonObject WordOf(string[] words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    private static JsonObject Flag(string what) =>
        new()
        {
            ["description"] = what,
            ["type"] = "boolean",
            ["default"] = false,
        };

    private static JsonObject Number(string what, int min, int max) =>
        new()
        {
            ["description"] = what,
            ["type"] = "integer",
            ["minimum"] = min,
            ["maximum"] = max,
        };

    private static JsonObject ListOf(string what, JsonObject item, int min, int? max)
    {
        var form = new JsonObject
        {
            ["description"] = what,
            ["type"] = "array",
            ["items"] = item,
        };
        if (min > 0)
        {
            form["minItems"] = min;
        }

        if (max is { } most)
        {
            form["maxItems"] = most;
        }

        return Without(form, what);
    }

    private static JsonObject Without(JsonObject form, string what)
    {
        if (what.Length == 0)
        {
            form.Remove("description");
        }

        return form;
    }

    private static string Text(JsonObject schema)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            schema.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
