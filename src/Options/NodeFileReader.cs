using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>Reads the file of one <c>rasd</c>: JSON like the map's, with comments and trailing commas, every problem at once.</summary>
public sealed class NodeFileReader
{
    internal static readonly JsonMemberForm Version = new("version", "the number 1", "1");

    /// <summary>The members of the file.</summary>
    internal static readonly JsonMemberForm[] Forms =
    [
        Version,
        .. NodeOption.All.Select(option => new JsonMemberForm(
            option.Name,
            option.Expected,
            option.Example,
            Required: false
        )),
    ];

    internal static readonly JsonMemberForm ListenDie = new("die", "0 or 1", "0");
    internal static readonly JsonMemberForm ListenAddress = new("address", "host:port", "\"10.0.0.1:7400\"");
    internal static readonly JsonMemberForm HandlerName = new("name", DnsLabel.Form, "\"fence\"");
    internal static readonly JsonMemberForm HandlerEvents = new(
        "events",
        $"a list of some of {string.Join(", ", NodeOption.EventWords)}",
        "[\"panic\"]"
    );
    internal static readonly JsonMemberForm HandlerDeadline = new(
        "deadline_ms",
        FormattableString.Invariant($"a whole number, 1 to {NodeOption.DeadlineMsMax} ms"),
        "5000"
    );
    internal static readonly JsonMemberForm HandlerCommand = new(
        "command",
        "a list of the program's path and its arguments",
        "[\"/usr/bin/fence\", \"now\"]"
    );
    internal static readonly JsonMemberForm[] HandlerFlags =
    [
        new("required", "true or false", "true", Required: false),
        new("idempotent", "true or false", "true", Required: false),
        new("silence", "true or false", "true", Required: false),
    ];

    private static readonly JsonMemberForm TextItem = new("member", "a text that is not empty", "\"...\"");

    private readonly ProblemList problems;

    private NodeFileReader(ProblemList problems) => this.problems = problems;

    /// <summary>True: it looks like such a file, and not like a map.</summary>
    public static bool IsNodeFile(ReadOnlySpan<byte> utf8) =>
        JsonTree.TryParse(new SourceText("", utf8), out var root, out _)
        && root is JsonTree.Object file
        && !file.Members.Exists(member => member.Name is "nodes" or "cluster")
        && file.Members.Exists(member => NodeOption.All.Any(option => option.Name == member.Name));

    /// <summary>Reads a file's bytes. Never throws on what they hold.</summary>
    /// <returns>The file without what is wrong with it; and every problem.</returns>
    public static (NodeFile File, ImmutableArray<TopologyProblem> Problems) Read(ReadOnlySpan<byte> utf8, string path)
    {
        var text = new SourceText(path, utf8);
        var problems = new ProblemList(text);
        var file = new NodeFile();
        if (!JsonTree.TryParse(text, out var root, out var broken))
        {
            problems.Add(broken);
        }
        else if (root is JsonTree.Object tree)
        {
            file = new NodeFileReader(problems).Read(tree);
        }
        else
        {
            problems.Add(
                root.Offset,
                TopologyProblemCode.WrongType,
                $"the file is {root.Shown}",
                "an object with version, topology and data",
                "put braces around the members"
            );
        }

        return (file, problems.InOrderOfText());
    }

    private NodeFile Read(JsonTree.Object tree)
    {
        var file = new JsonMembers(JsonMembers.WithoutSchema(tree, problems), "file", Forms, problems);
        CheckVersion(file);
        return new NodeFile
        {
            Topology = Text(file, "topology"),
            Node = ReadNode(file),
            Data = Text(file, "data"),
            Devices = Once(Texts(file, "devices"), device => device, "device"),
            Events = file.Get<JsonTree.Array>(Form("events")) is { } events ? ReadEvents(events, "file: events") : null,
            Listen = Once(ReadListen(file), listen => listen.Die, "die"),
            Handlers = Once(ReadHandlers(file), handler => handler.Name, "handler"),
            Notifications = Text(file, "notifications"),
            BootIdFile = Text(file, "boot_id_file"),
            Record = Text(file, "record"),
            Insecure = Flag(file, Form("insecure")),
            Verbose = Flag(file, Form("verbose")),
        };
    }

    private static JsonMemberForm Form(string name) => Array.Find(Forms, form => form.Name == name)!;

    private void CheckVersion(JsonMembers file)
    {
        if (
            file.Get<JsonTree.Number>(Version) is { } number
            && !(number.TryGetInt(out var version) && version == NodeFile.FormatVersion)
        )
        {
            problems.Add(
                number.Offset,
                TopologyProblemCode.Version,
                $"version {number.Shown} of the format is unknown",
                Version.Expected,
                "write 1"
            );
        }
    }

    private Said<string>? ReadNode(JsonMembers file) =>
        file.GetLabel(Form("node")) is { } name && file.Get<JsonTree.Text>(Form("node")) is { } text
            ? new Said<string>(name, problems.At(text.Offset))
            : null;

    private Said<string>? Text(JsonMembers owner, string name) =>
        owner.Get<JsonTree.Text>(Form(name)) is { } text
            ? Said(text, $"{owner.Owner}: {name}", Form(name).Example)
            : null;

    private Said<string>? Said(JsonTree.Text text, string what, string example)
    {
        if (text.Value.Contains('\0', StringComparison.Ordinal))
        {
            Refuse(text.Offset, $"{what} {text.Shown} has a NUL in it", "a text without one", $"write {example}");
            return null;
        }

        if (text.Value.Length > 0)
        {
            return new Said<string>(text.Value, problems.At(text.Offset));
        }

        Refuse(text.Offset, $"{what} is empty", TextItem.Expected, $"write {example}");
        return null;
    }

    private Said<bool>? Flag(JsonMembers owner, JsonMemberForm form)
    {
        if (owner.Get<JsonTree.Literal>(form) is not { } literal)
        {
            return null;
        }

        if (literal.Raw is "true" or "false")
        {
            return new Said<bool>(literal.Raw == "true", problems.At(literal.Offset));
        }

        problems.Add(
            literal.Offset,
            TopologyProblemCode.WrongType,
            $"{owner.Owner}: {form.Name} is {literal.Raw}",
            "true or false",
            "write true or false"
        );
        return null;
    }

    private List<Said<string>> Texts(JsonMembers owner, string name) =>
        TextsOf(owner, owner.Get<JsonTree.Array>(Form(name)), name, Form(name).Example);

    private List<Said<string>> TextsOf(JsonMembers owner, JsonTree.Array? list, string name, string example) =>
        [
            .. (list?.Items ?? [])
                .TakeWhile(_ => !problems.IsFull)
                .Select(item => owner.As<JsonTree.Text>(item, $"a member of {name}", TextItem))
                .OfType<JsonTree.Text>()
                .Select(text => Said(text, $"a member of {name}", example))
                .OfType<Said<string>>(),
        ];

    private ImmutableArray<Said<string>> ReadEvents(JsonTree.Array list, string what, bool mayBeAll = true)
    {
        var words = ImmutableArray.CreateBuilder<Said<string>>();
        foreach (var item in list.Items.TakeWhile(_ => !problems.IsFull))
        {
            if (item is JsonTree.Text text && mayBeAll && text.Value == "all")
            {
                words.AddRange(NodeOption.EventWords.Select(word => new Said<string>(word, problems.At(text.Offset))));
            }
            else if (item is JsonTree.Text known && NodeOption.EventWords.Contains(known.Value))
            {
                words.Add(new Said<string>(known.Value, problems.At(known.Offset)));
            }
            else
            {
                var guess = item is JsonTree.Text word ? Spelling.Closest(word.Value, NodeOption.EventWords) : null;
                Refuse(
                    item.Offset,
                    $"{what} has {item.Shown}",
                    $"{(mayBeAll ? "all, or " : "")}some of {string.Join(", ", NodeOption.EventWords)}",
                    guess is null ? "write one of these" : $"did you mean \"{guess}\"?"
                );
            }
        }

        return words.ToImmutable();
    }

    private List<ListenSetting> ReadListen(JsonMembers file)
    {
        var settings = new List<ListenSetting>();
        foreach (var item in file.Get<JsonTree.Array>(Form("listen"))?.Items ?? [])
        {
            if (file.As<JsonTree.Object>(item, "a member of listen", Form("listen")) is not { } tree)
            {
                continue;
            }

            var one = new JsonMembers(tree, "listen", [ListenDie, ListenAddress], problems);
            var die = one.GetNumber(ListenDie, Limits.DieCountMax - 1, TopologyProblemCode.Option);
            if (one.Get<JsonTree.Text>(ListenAddress) is not { } text)
            {
                continue;
            }

            if (HostPort.Refusal(text.Value, out var address) is { } refusal)
            {
                Refuse(
                    text.Offset,
                    $"listen: {text.Shown} {refusal}",
                    ListenAddress.Expected,
                    $"write {ListenAddress.Example}"
                );
            }
            else if (die is { } known)
            {
                settings.Add(
                    new ListenSetting(
                        new Said<int>(known, problems.At(one.Get<JsonTree.Number>(ListenDie)!.Offset)),
                        new Said<HostPort>(address, problems.At(text.Offset))
                    )
                );
            }
        }

        return settings;
    }

    private List<HandlerSetting> ReadHandlers(JsonMembers file)
    {
        var settings = new List<HandlerSetting>();
        foreach (var item in file.Get<JsonTree.Array>(Form("handlers"))?.Items ?? [])
        {
            if (
                file.As<JsonTree.Object>(item, "a member of handlers", Form("handlers")) is { } tree
                && ReadHandler(tree) is { } handler
            )
            {
                settings.Add(handler);
            }
        }

        return settings;
    }

    private HandlerSetting? ReadHandler(JsonTree.Object tree)
    {
        var named = tree.Members.Find(member => member.Name == HandlerName.Name)?.Value as JsonTree.Text;
        JsonMemberForm[] forms = [HandlerName, HandlerEvents, HandlerDeadline, HandlerCommand, .. HandlerFlags];
        var one = new JsonMembers(tree, named is null ? "a handler" : $"handler {named.Shown}", forms, problems);
        var name = one.GetLabel(HandlerName);
        var deadline = one.GetNumber(HandlerDeadline, NodeOption.DeadlineMsMax, TopologyProblemCode.Option);
        var deadlineAt = one.Get<JsonTree.Number>(HandlerDeadline)?.Offset ?? tree.Offset;
        if (deadline == 0)
        {
            Refuse(deadlineAt, $"{one.Owner}: deadline_ms is 0", HandlerDeadline.Expected, "write 5000");
        }

        var events = one.Get<JsonTree.Array>(HandlerEvents) is { } list
            ? ReadEvents(list, $"{one.Owner}: events", mayBeAll: false)
            : [];
        if (one.Get<JsonTree.Array>(HandlerEvents) is { Items.Count: 0 } none)
        {
            Refuse(none.Offset, $"{one.Owner} has no events", HandlerEvents.Expected, "name at least one kind");
        }

        var command = TextsOf(one, one.Get<JsonTree.Array>(HandlerCommand), "command", HandlerCommand.Example);
        if (one.Get<JsonTree.Array>(HandlerCommand) is { Items.Count: 0 } empty)
        {
            Refuse(empty.Offset, $"{one.Owner} has no command", HandlerCommand.Expected, "name the program");
        }

        var flags = Array.ConvertAll(HandlerFlags, flag => Flag(one, flag)?.Value ?? false);
        return name is null || deadline is not > 0 || events.IsEmpty || command.Count == 0
            ? null
            : new HandlerSetting(
                new Said<string>(name, problems.At(named!.Offset)),
                [.. events.Select(word => word.Value).Distinct()],
                new Said<int>(deadline.Value, problems.At(deadlineAt)),
                flags[0],
                flags[1],
                flags[2],
                [.. command]
            );
    }

    // The second of two with one name is told, and not taken.
    private ImmutableArray<T> Once<T, TKey>(List<T> items, Func<T, Said<TKey>> nameOf, string what)
        where TKey : notnull
    {
        var taken = new Dictionary<TKey, Place>();
        var once = ImmutableArray.CreateBuilder<T>();
        foreach (var item in items)
        {
            var name = nameOf(item);
            if (taken.TryAdd(name.Value, name.At))
            {
                once.Add(item);
                continue;
            }

            Refuse(
                name.At.Offset,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} {Spelling.Shown($"{name.Value}")} is there twice, first on {taken[name.Value].SeenFrom(name.At)}"
                ),
                "each once",
                "remove one of the two"
            );
        }

        return once.ToImmutable();
    }

    private void Refuse(int offset, string found, string expected, string advice) =>
        problems.Add(offset, TopologyProblemCode.Option, found, expected, advice);
}
