using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Master.Notifications;
using ClusterRas.Options;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>Reads the file of <c>--notifications</c>, and looks whether what it names is on this machine.</summary>
internal static class ChannelOptionsReader
{
    /// <summary>Adds every mistake to <paramref name="problems"/>.</summary>
    /// <param name="option">How messages call the option.</param>
    public static ImmutableArray<ChannelOptions> Read(string? path, string option, List<string> problems)
    {
        if (path is null)
        {
            return [];
        }

        if (InputFile.Refusal(path, out var bytes) is { } refusal)
        {
            problems.Add($"{option} \"{path}\" cannot be read: {refusal}; expected a file of channels");
            return [];
        }

        var (file, found) = NotificationFileReader.Read(bytes, path);
        problems.AddRange(found.Select(problem => problem.ToString()));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        return [.. file.Channels.Select(channel => Of(channel, folder, problems))];
    }

    private static ChannelOptions Of(ChannelSetting channel, string folder, List<string> problems)
    {
        if (channel.Command is [var program, ..] && !File.Exists(program.Value))
        {
            problems.Add(
                Told(channel, program, $"no program {program.Value}; expected the path of an executable file")
            );
        }

        string? token = null;
        if (channel.TokenFile is { } named)
        {
            var path = Path.Combine(folder, named.Value);
            if (InputFile.Refusal(path, out var bytes) is { } refusal)
            {
                problems.Add(Told(channel, named, $"{path} cannot be read: {refusal}; expected a file with a token"));
            }
            else
            {
                token = System.Text.Encoding.UTF8.GetString(bytes).Trim();
                if (token.Length == 0 || token.Any(letter => letter is <= ' ' or > '~'))
                {
                    problems.Add(
                        Told(channel, named, $"{path} holds no token; expected one word of printable ASCII letters")
                    );
                    token = null;
                }
            }
        }

        return new ChannelOptions(
            channel.Name.Value,
            [.. channel.Events.Select(KindOf)],
            channel.TellsEnd,
            channel.Webhook is { } address
                ? new WebhookOptions(
                    address,
                    Enum.Parse<WebhookFormat>(channel.Format, ignoreCase: true),
                    TimeSpan.FromMilliseconds(channel.TimeoutMs),
                    TimeSpan.FromMilliseconds(channel.GiveUpMs),
                    token
                )
                : null,
            [.. channel.Command.Select(word => word.Value)],
            TimeSpan.FromMilliseconds(channel.TimeoutMs)
        );
    }

    private static EventKind KindOf(string word) =>
        word == "silent" ? EventKind.Silent
        : EventWords.TryParse(word, out var kind) ? kind
        : throw new System.Diagnostics.UnreachableException();

    private static string Told(ChannelSetting channel, Said<string> at, string problem) =>
        FormattableString.Invariant($"{at.At.Text.Path}:{at.At.Line}: channel {channel.Name.Value}: {problem}");
}
