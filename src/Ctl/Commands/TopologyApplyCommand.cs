using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology apply</c>.</summary>
internal static class TopologyApplyCommand
{
    private const int OntoDigitsMin = 8;

    /// <summary>A commit, with an election before it.</summary>
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(8);

    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var file = TopologyArguments.File("FILE", "The map that is to take the place of the cluster's");
        var onto = new Option<string?>("--onto")
        {
            Description = "Only if this is the digest of the cluster's map now, or its first digits",
            HelpName = "DIGEST",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change, and change nothing" };
        var signing = new Signing();
        var command = new Command("apply", "Has the running cluster take over a map: all nodes or none, no restarts.")
        {
            file,
            onto,
            dryRun,
        };
        signing.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var path = parsed.GetValue(file)!;
                var next = MapFiles.Load(path, surroundings);
                var wanted = OntoOf(parsed.GetValue(onto));
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var (now, version) = await LiveMap.OfAsync(asked, stop).ConfigureAwait(false);
                if (wanted is not null && !now.Digest.ToString().StartsWith(wanted, StringComparison.Ordinal))
                {
                    throw RefusedException.No(
                        $"the cluster has version {version}, {Short(now)}, not {wanted}; nothing was changed.\n"
                            + "  look what it would change now: rasctl topology apply FILE --dry-run"
                    );
                }

                var change = new MapChange(now, version, next, TopologyDiff.Between(now, next));
                var isJson = asking.IsJson(parsed);
                if (!isJson)
                {
                    DiffText.Write(Page.On(surroundings), now, next, change.Diff);
                }

                if (parsed.GetValue(dryRun) || change.Diff.IsEmpty)
                {
                    Tell(isJson, surroundings, change, null, path);
                    return ExitCode.Done;
                }

                var request = new ApplyTopologyRequest
                {
                    Text = TopologyFile.Write(next),
                    ParentDigest = now.Digest.ToString(),
                    By = signing.By(parsed),
                    Why = signing.Why(parsed),
                };
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.ApplyTopologyAsync(request, options),
                        CommitWithin,
                        "which map is in force: rasctl status; who asked for it: rasctl audit",
                        stop
                    )
                    .ConfigureAwait(false);
                Tell(isJson, surroundings, change, reply.MapVersion, path);
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <param name="Version">Of <paramref name="Before"/>.</param>
    private sealed record MapChange(Topology Before, ulong Version, Topology After, TopologyDiff Diff);

    private static string? OntoOf(string? given)
    {
        if (given is null)
        {
            return null;
        }

        var digits = given.ToLowerInvariant();
        return digits.Length is >= OntoDigitsMin and <= 64 && digits.All(char.IsAsciiHexDigitLower)
            ? digits
            : throw RefusedException.Usage(
                $"--onto takes {OntoDigitsMin} to 64 hex digits of a map's digest, not \"{given}\"."
            );
    }

    private static void Tell(bool isJson, Surroundings surroundings, MapChange change, ulong? applied, string path)
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.WriteNumber("version_before", change.Version);
                    json.Number("version", applied);
                    DiffJson.Write(json, change.Before, change.After, change.Diff);
                })
            );
            return;
        }

        var page = Page.On(surroundings);
        page.Line();
        if (change.Diff.IsEmpty)
        {
            page.Line($"version {change.Version} is in force already; nothing was changed", Tone.Good);
        }
        else if (applied is not { } version)
        {
            page.Line("Nothing was changed. To apply just this:");
            page.Line($"rasctl topology apply {path} --onto {Short(change.Before)}");
        }
        else
        {
            page.Line($"version {version} is in force, after {change.Version}", Tone.Good);
            WriteWhatIsLeft(page, change, path);
        }
    }

    // The cluster follows by itself; machines that come, go or move do not.
    private static void WriteWhatIsLeft(Page page, MapChange change, string path)
    {
        Line(
            "start rasd with this map on",
            change.After.Nodes.Where(node => change.Before.FindNode(node.Name) is null)
        );
        Line("stop rasd on", change.Before.Nodes.Where(node => change.After.FindNode(node.Name) is null));
        Line(
            "start rasd again, at its new address, on",
            change.After.Nodes.Where(node =>
                change.Before.FindNode(node.Name) is { } before
                && !before.Dies.Select(die => die.Grpc).SequenceEqual(node.Dies.Select(die => die.Grpc))
            )
        );
        page.Line($"left to do: put {path} in the place of the old file everywhere; who lags: rasctl status");

        void Line(string what, IEnumerable<TopologyNode> nodes)
        {
            var names = string.Join(", ", nodes.Select(node => node.Name));
            if (names.Length > 0)
            {
                page.Line($"left to do: {what} {names}");
            }
        }
    }

    private static string Short(Topology map) => map.Digest.ToString()[..12];
}
