using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>Reads the file of notification channels: JSON with comments and trailing commas, every problem at once.</summary>
public sealed class NotificationFileReader
{
    private const int TimeoutMsDefault = 5000;
    private const int GiveUpMsDefault = 600_000;

    private static readonly JsonMemberForm Version = new("version", "the number 1", "1");
    private static readonly JsonMemberForm Channels = new(
        "channels",
        "a list of objects with name, and webhook or command",
        "[ { \"name\": \"pager\", \"webhook\": \"https://pager.example/hook\" } ]"
    );

    private static readonly JsonMemberForm Name = new("name", DnsLabel.Form, "\"pager\"");
    private static readonly JsonMemberForm Events = new(
        "events",
        $"a list of some of {string.Join(", ", NotificationFile.EventWords)}",
        "[\"panic\", \"silent\"]",
        Required: false
    );

    private static readonly JsonMemberForm Webhook = new(
        "webhook",
        "an absolute http or https address",
        "\"https://pager.example/hook\"",
        Required: false
    );

    private static readonly JsonMemberForm Format = new(
        "format",
        $"one of {string.Join(", ", NotificationFile.Formats)}",
        "\"plain\"",
        Required: false
    );

    private static readonly JsonMemberForm TokenFile = new(
        "token_file",
        "the path of a file with a bearer token",
        "\"/etc/clusterras/pager.token\"",
        Required: false
    );

    private static readonly JsonMemberForm Command = new(
        "command",
        "a list of the program's path and its arguments",
        "[\"/usr/bin/siren\", \"on\"]",
        Required: false
    );

    private static readonly JsonMemberForm End = new("end", "true or false", "true", Required: false);
    private static readonly JsonMemberForm TimeoutMs = new(
        "timeout_ms",
        FormattableString.Invariant($"a whole number, 1 to {NotificationFile.MsMax} ms"),
        "5000",
        Required: false
    );

    private static readonly JsonMemberForm GiveUpMs = new(
        "give_up_ms",
        FormattableString.Invariant($"a whole number, 1 to {NotificationFile.MsMax} ms"),
        "600000",
        Required: false
    );

    private static readonly JsonMemberForm[] ChannelForms =
    [
        Name,
        Events,
        Webhook,
        Format,
        TokenFile,
        Command,
        End,
        TimeoutMs,
        GiveUpMs,
    ];

    private readonly ProblemList problems;
    private readonly Dictionary<string, Place> names = new(StringComparer.Ordinal);

    private NotificationFileReader(ProblemList problems) => this.problems = problems;

    /// <summary>True: it looks like such a file.</summary>
    public static bool IsNotificationFile(ReadOnlySpan<byte> utf8) =>
        JsonTree.TryParse(new SourceText("", utf8), out var root, out _)
        && root is JsonTree.Object file
        && file.Members.Exists(member => member.Name == Channels.Name);

    /// <summary>Reads a file's bytes. Never throws on what they hold.</summary>
    /// <returns>The file without what is wrong with it; and every problem.</returns>
    public static (NotificationFile File, ImmutableArray<TopologyProblem> Problems) Read(
        ReadOnlySpan<byte> utf8,
        string path
    )
    {
        var text = new SourceText(path, utf8);
        var problems = new ProblemList(text);
        var file = new NotificationFile([]);
        if (!JsonTree.TryParse(text, out var root, out var broken))
        {
            problems.Add(broken);
        }
        else if (root is JsonTree.Object tree)
        {
            file = new NotificationFileReader(problems).Read(tree);
        }
        else
        {
            problems.Add(
                root.Offset,
                TopologyProblemCode.WrongType,
                $"the file is {root.Shown}",
                "an object with version and channels",
                "put braces around the members"
            );
        }

        return (file, problems.InOrderOfText());
    }

    private NotificationFile Read(JsonTree.Object tree)
    {
        var file = new JsonMembers(JsonMembers.WithoutSchema(tree, problems), "file", [Version, Channels], problems);
        if (
            file.Get<JsonTree.Number>(Version) is { } number
            && !(number.TryGetInt(out var version) && version == NotificationFile.FormatVersion)
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

        var channels = ImmutableArray.CreateBuilder<ChannelSetting>();
        foreach (var item in file.Get<JsonTree.Array>(Channels)?.Items ?? [])
        {
            if (
                file.As<JsonTree.Object>(item, "a member of channels", Channels) is { } one
                && ReadChannel(one) is { } channel
            )
            {
                channels.Add(channel);
            }
        }

        return new NotificationFile(channels.ToImmutable());
    }

    private ChannelSetting? ReadChannel(JsonTree.Object tree)
    {
        var named = tree.Members.Find(member => member.Name == Name.Name)?.Value as JsonTree.Text;
        var owner = named is null ? "a channel" : $"channel {named.Shown}";
        var one = new JsonMembers(tree, owner, ChannelForms, problems);
        var name = one.GetLabel(Name);
        var isFirst = name is null || IsFirst(new Said<string>(name, problems.At(named!.Offset)));
        var events = ReadEvents(one);
        var webhook = ReadWebhook(one);
        var command = ReadCommand(one);
        var isWebhook = tree.Members.Exists(member => member.Name == Webhook.Name);
        if (isWebhook == tree.Members.Exists(member => member.Name == Command.Name))
        {
            Refuse(
                tree.Offset,
                $"{owner} has {(isWebhook ? "both webhook and command" : "neither webhook nor command")}",
                "one of the two",
                isWebhook ? "make two channels of it" : $"add \"webhook\": {Webhook.Example}"
            );
        }

        foreach (var form in new[] { Format, TokenFile, GiveUpMs })
        {
            if (!isWebhook && tree.Members.Find(member => member.Name == form.Name) is { } useless)
            {
                Refuse(
                    useless.Offset,
                    $"{owner}: {form.Name} beside a command",
                    $"{form.Name} only beside a webhook: a program is started once",
                    "remove it"
                );
            }
        }

        var format = ReadFormat(one);
        var token = one.Get<JsonTree.Text>(TokenFile) is { Value.Length: > 0 } text
            ? new Said<string>(text.Value, problems.At(text.Offset))
            : null;
        var end = ReadEnd(one);
        var timeout = Milliseconds(one, TimeoutMs, TimeoutMsDefault);
        var giveUp = Milliseconds(one, GiveUpMs, GiveUpMsDefault);
        return name is null || !isFirst || (webhook is null && command.IsEmpty)
            ? null
            : new ChannelSetting(
                new Said<string>(name, problems.At(named!.Offset)),
                events,
                end,
                webhook,
                format,
                token,
                command,
                timeout,
                giveUp
            );
    }

    private bool IsFirst(Said<string> name)
    {
        if (names.TryAdd(name.Value, name.At))
        {
            return true;
        }

        Refuse(
            name.At.Offset,
            $"channel {Spelling.Shown(name.Value)} is there twice, first on {names[name.Value].SeenFrom(name.At)}",
            "each once",
            "remove one of the two"
        );
        return false;
    }

    private ImmutableArray<string> ReadEvents(JsonMembers one)
    {
        if (one.Get<JsonTree.Array>(Events) is not { } list)
        {
            return NotificationFile.EventsDefault;
        }

        var words = ImmutableArray.CreateBuilder<string>();
        foreach (var item in list.Items.TakeWhile(_ => !problems.IsFull))
        {
            if (item is JsonTree.Text known && NotificationFile.EventWords.Contains(known.Value))
            {
                words.Add(known.Value);
                continue;
            }

            var guess = item is JsonTree.Text word ? Spelling.Closest(word.Value, NotificationFile.EventWords) : null;
            Refuse(
                item.Offset,
                $"{one.Owner}: events has {item.Shown}",
                Events.Expected,
                guess is null ? "write one of these" : $"did you mean \"{guess}\"?"
            );
        }

        if (list.Items.Count == 0)
        {
            Refuse(list.Offset, $"{one.Owner} has no events", Events.Expected, "name at least one kind");
        }

        return words.ToImmutable();
    }

    private Uri? ReadWebhook(JsonMembers one)
    {
        if (one.Get<JsonTree.Text>(Webhook) is not { } text)
        {
            return null;
        }

        if (
            Uri.TryCreate(text.Value, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && address.Host.Length > 0
        )
        {
            return address;
        }

        Refuse(text.Offset, $"{one.Owner}: webhook is {text.Shown}", Webhook.Expected, $"write {Webhook.Example}");
        return null;
    }

    private ImmutableArray<Said<string>> ReadCommand(JsonMembers one)
    {
        if (one.Get<JsonTree.Array>(Command) is not { } list)
        {
            return [];
        }

        var words = ImmutableArray.CreateBuilder<Said<string>>();
        foreach (var item in list.Items.TakeWhile(_ => !problems.IsFull))
        {
            if (one.As<JsonTree.Text>(item, "a member of command", Command) is not { } text)
            {
                continue;
            }

            if (text.Value.Length == 0 || text.Value.Contains('\0', StringComparison.Ordinal))
            {
                Refuse(
                    text.Offset,
                    $"{one.Owner}: command has {text.Shown}",
                    "texts that are not empty and have no NUL",
                    $"write {Command.Example}"
                );
                continue;
            }

            words.Add(new Said<string>(text.Value, problems.At(text.Offset)));
        }

        if (list.Items.Count == 0)
        {
            Refuse(list.Offset, $"{one.Owner}: command is empty", Command.Expected, "name the program");
        }

        return words.ToImmutable();
    }

    private string ReadFormat(JsonMembers one)
    {
        if (one.Get<JsonTree.Text>(Format) is not { } text)
        {
            return NotificationFile.Formats[0];
        }

        if (!NotificationFile.Formats.Contains(text.Value))
        {
            var guess = Spelling.Closest(text.Value, NotificationFile.Formats);
            Refuse(
                text.Offset,
                $"{one.Owner}: format is {text.Shown}",
                Format.Expected,
                guess is null ? "write one of these" : $"did you mean \"{guess}\"?"
            );
        }

        return text.Value;
    }

    private bool ReadEnd(JsonMembers one)
    {
        if (one.Get<JsonTree.Literal>(End) is not { } literal)
        {
            return true;
        }

        if (literal.Raw is not ("true" or "false"))
        {
            Refuse(literal.Offset, $"{one.Owner}: end is {literal.Raw}", End.Expected, "write true or false");
        }

        return literal.Raw == "true";
    }

    private int Milliseconds(JsonMembers one, JsonMemberForm form, int without)
    {
        var value = one.GetNumber(form, NotificationFile.MsMax, TopologyProblemCode.Option);
        if (value == 0 && one.Get<JsonTree.Number>(form) is { } number)
        {
            Refuse(number.Offset, $"{one.Owner}: {form.Name} is 0", form.Expected, $"write {form.Example}");
        }

        return value ?? without;
    }

    private void Refuse(int offset, string found, string expected, string advice) =>
        problems.Add(offset, TopologyProblemCode.Option, found, expected, advice);
}
