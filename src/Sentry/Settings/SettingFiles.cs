using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Reads what the drivers' files under <c>/proc</c> say, or the same values given one by one.</summary>
public sealed class SettingFiles
{
    // What the driver shows where nothing was set.
    private const string CnaUnset = "4294967295";
    private const string ClientInfoHead = "server_eid:";
    private const string ClientInfoJetty = ", client_jetty_id:";

    private readonly ProblemList problems;
    private readonly NodeSettings node;
    private readonly SettingsSink sink;

    /// <summary>For one node.</summary>
    /// <param name="node">Filled.</param>
    /// <param name="problems">Taken to.</param>
    public SettingFiles(NodeSettings node, ProblemList problems)
    {
        this.node = node;
        this.problems = problems;
        sink = new SettingsSink(problems, new OtherSettings());
    }

    /// <summary>The files that are looked for, below <c>/proc</c>.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        "sentry_remote_reporter/cna",
        "sentry_remote_reporter/eid",
        "sentry_remote_reporter/panic_timeout",
        "sentry_remote_reporter/kernel_reboot_timeout",
        "sentry_urma_comm/client_info",
        "sentry_uvb_comm/server_cna",
    ];

    /// <summary>Takes one file's content.</summary>
    /// <param name="path">One of <see cref="Paths"/>.</param>
    /// <param name="content">As it was read.</param>
    public void Take(string path, SourceText content)
    {
        var text = Trimmed(content);
        var isEmpty = text.Text.Length == 0;
        switch (path)
        {
            case "sentry_remote_reporter/cna" when !isEmpty && text.Text != CnaUnset:
                Take(SettingOption.Cna, text);
                break;
            case "sentry_remote_reporter/eid" when !isEmpty:
                Take(SettingOption.Eid, text);
                break;
            case "sentry_remote_reporter/panic_timeout" when !isEmpty:
                TakeTimeout(SettingOption.PanicTimeout, text);
                break;
            case "sentry_remote_reporter/kernel_reboot_timeout" when !isEmpty:
                TakeTimeout(SettingOption.RebootTimeout, text);
                break;
            case "sentry_urma_comm/client_info" when !isEmpty:
                TakeClientInfo(text);
                break;
            case "sentry_uvb_comm/server_cna" when !isEmpty:
                Take(SettingOption.ServerCna, text);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the text of an option.</summary>
    /// <param name="option">Without dashes, e.g. <c>server_eid</c>.</param>
    /// <param name="content">Its value.</param>
    public void TakeOption(string option, SourceText content) => Take(option, Trimmed(content));

    private void Take(string option, ShellWord text)
    {
        node.At = node.IsTold ? node.At : text.At;
        var owner = node.Name is { } name ? $"node {Spelling.Shown(name)}" : "node";
        sink.Take(node, owner, new GivenOption(SettingOption.All.First(known => known.Name == option), text, text));
    }

    // rasd arms whole seconds and its life's tag below them: the map has the seconds.
    private void TakeTimeout(string option, ShellWord text)
    {
        if (ulong.TryParse(text.Text, out var ms) && ArmedTimeout.TryRead(ms, out var armed) && armed.Tag > 0)
        {
            var seconds = new ArmedTimeout(armed.Seconds, 0).Ms.ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
            text = text with { Text = seconds, Offsets = [.. Enumerable.Repeat(text.Offsets[0], seconds.Length)] };
        }

        Take(option, text);
    }

    // As it is read, "server_eid:A,B;C,D, client_jetty_id:5"; as it is written, "A,B;C,D 5".
    private void TakeClientInfo(ShellWord text)
    {
        var isShown = text.Text.StartsWith(ClientInfoHead, StringComparison.Ordinal);
        var split = text.Text.LastIndexOf(isShown ? ClientInfoJetty : " ", StringComparison.Ordinal);
        if (split < 0)
        {
            problems.Add(
                text.At,
                TopologyProblemCode.Setting,
                $"client_info is {Spelling.Shown(text.Text)}",
                "server_eid:LIST;LIST, client_jetty_id:NUMBER",
                "read the file again: cat /proc/sentry_urma_comm/client_info"
            );
            return;
        }

        var lists = text.Part((isShown ? ClientInfoHead.Length : 0)..split);
        if (lists.Text is "null" or "(null)" or "")
        {
            return;
        }

        Take(SettingOption.ServerEid, lists);
        Take(SettingOption.JettyId, text.Part((split + (isShown ? ClientInfoJetty.Length : 1))..));
    }

    private static ShellWord Trimmed(SourceText content)
    {
        var text = System.Text.Encoding.UTF8.GetString(content.Bytes);
        var start = text.Length - text.TrimStart().Length;
        var trimmed = text.Trim();

        // Such values are ASCII; where one is not, a column may be off by some characters.
        return new ShellWord(content, trimmed, [.. Enumerable.Range(start, trimmed.Length)]);
    }
}
