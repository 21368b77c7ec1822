using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Options;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Reads <c>--handler NAME:KINDS:DEADLINE_MS[:required][:idempotent][:silence]=PROGRAM [ARG…]</c>.</summary>
internal static class HandlerOptionsReader
{
    private const string Form =
        "NAME:KINDS:DEADLINE_MS[:required][:idempotent][:silence]=PROGRAM [ARG…], e.g. fence:panic+reboot:5000:required=/usr/bin/fence now";

    private const int DeadlineMsMax = 3_600_000;

    /// <summary>Adds every mistake to <paramref name="problems"/>.</summary>
    public static ImmutableArray<ExecutableHandlerOptions> Read(IReadOnlyList<string> texts, List<string> problems)
    {
        var handlers = ImmutableArray.CreateBuilder<ExecutableHandlerOptions>();
        foreach (var text in texts)
        {
            if (Read(text, problems) is { } handler)
            {
                if (handlers.Any(known => known.Declaration.Name == handler.Declaration.Name))
                {
                    problems.Add($"--handler {handler.Declaration.Name}: this name is given twice; expected each once");
                }

                handlers.Add(handler);
            }
        }

        return handlers.ToImmutable();
    }

    /// <summary>Those of the file, which has their form already; a program that is not there is added to the problems.</summary>
    public static ImmutableArray<ExecutableHandlerOptions> Of(
        ImmutableArray<HandlerSetting> settings,
        List<string> problems
    )
    {
        foreach (var setting in settings.Where(setting => !File.Exists(setting.Command[0].Value)))
        {
            var at = setting.Command[0].At;
            problems.Add(
                FormattableString.Invariant(
                    $"{at.Text.Path}:{at.Line}: handler {setting.Name.Value}: no program {setting.Command[0].Value}; expected the path of an executable file"
                )
            );
        }

        return
        [
            .. settings.Select(setting => new ExecutableHandlerOptions(
                new HandlerDeclaration(
                    setting.Name.Value,
                    new([.. setting.Events.Select(KindOf)]),
                    TimeSpan.FromMilliseconds(setting.DeadlineMs.Value),
                    setting.IsRequired,
                    setting.IsIdempotent,
                    setting.NeedsSilence
                ),
                [.. setting.Command.Select(word => word.Value)]
            )),
        ];

        static EventKind KindOf(string word) =>
            EventWords.TryParse(word, out var kind) ? kind : throw new System.Diagnostics.UnreachableException();
    }

    private static ExecutableHandlerOptions? Read(string text, List<string> problems)
    {
        var split = text.Split('=', 2);
        var head = split[0].Split(':');
        var command = split.Length == 2 ? split[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        if (head.Length < 3 || command.Length == 0)
        {
            problems.Add($"--handler {text}: expected {Form}");
            return null;
        }

        var before = problems.Count;
        var kinds = new List<EventKind>();
        foreach (var word in head[1].Split('+'))
        {
            if (EventWords.TryParse(word, out var kind))
            {
                kinds.Add(kind);
            }
            else
            {
                problems.Add($"--handler {head[0]}: no event kind \"{word}\"; expected {Form}");
            }
        }

        if (
            !int.TryParse(head[2], NumberStyles.None, CultureInfo.InvariantCulture, out var deadlineMs)
            || deadlineMs is < 1 or > DeadlineMsMax
        )
        {
            problems.Add($"--handler {head[0]}: deadline \"{head[2]}\"; expected 1 to {DeadlineMsMax} ms");
        }

        foreach (var word in head[3..].Except(["required", "idempotent", "silence"]))
        {
            problems.Add($"--handler {head[0]}: \"{word}\"; expected required, idempotent or silence");
        }

        if (!Fabric.DnsLabel.IsValid(head[0]))
        {
            problems.Add($"--handler {head[0]}: expected a name of lower-case letters, digits and hyphens, at most 63");
        }

        if (!File.Exists(command[0]))
        {
            problems.Add($"--handler {head[0]}: no program {command[0]}; expected the path of an executable file");
        }

        return problems.Count > before
            ? null
            : new ExecutableHandlerOptions(
                new HandlerDeclaration(
                    head[0],
                    new([.. kinds]),
                    TimeSpan.FromMilliseconds(deadlineMs),
                    head.Contains("required"),
                    head.Contains("idempotent"),
                    head.Contains("silence")
                ),
                [.. command]
            );
    }
}
