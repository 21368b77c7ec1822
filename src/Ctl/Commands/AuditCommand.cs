using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl audit</c>.</summary>
internal static class AuditCommand
{
    private const int CountMax = 200;

    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var count = WholeNumber.Option("--count", "N", 1, CountMax);
        count.Description = "At most so many. Default: 100";
        var command = new Command("audit", "What operators did, newest first, from the log of the asked node.")
        {
            count,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                var request = new ListActsRequest { Count = (uint)(parsed.GetValue(count) ?? 0) };
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.ListActsAsync(request, options),
                        TimeSpan.Zero,
                        "who is there: rasctl status",
                        stop
                    )
                    .ConfigureAwait(false);
                if (asking.IsJson(parsed))
                {
                    await surroundings.Out.WriteLineAsync(Json(asked, reply)).ConfigureAwait(false);
                }
                else
                {
                    Page.On(surroundings).Table(Table(reply));
                }

                return ExitCode.Done;
            }
        );
        return command;
    }

    private static string Json(ReachedNode asked, ListActsReply reply) =>
        JsonLine.Of(json =>
        {
            json.Word("node", asked.Name);
            json.Number("age_ms", reply.HasAgeMs ? reply.AgeMs : null);
            json.List(
                "acts",
                reply.Acts,
                static (to, act) =>
                {
                    to.WriteNumber("log_index", act.LogIndex);
                    to.WriteNumber("term", act.Term);
                    to.Word("act", Words.Of(act.Kind));
                    to.Word("node", act.NodeName);
                    to.Number("incident", act.HasIncident ? act.Incident : null);
                    to.Word("by", act.By);
                    to.Word("why", act.Why);
                    to.WordList("lost", act.LostNodeNames);
                    to.Number("map_version", act.MapVersion > 0 ? act.MapVersion : null);
                    to.Number("until_unix_ms", act.UntilUnixMs > 0 ? act.UntilUnixMs : null);
                    to.Number("mute", act.Mute > 0 ? act.Mute : null);
                    to.Number("said_unix_ms", act.HasSaidUnixMs ? act.SaidUnixMs : null);
                }
            );
        });

    private static string About(Act act) =>
        act.HasIncident ? $"incident {act.Incident}"
        : act.MapVersion > 0 ? $"version {act.MapVersion}"
        : act.Mute > 0 ? $"mute {act.Mute}"
        : act.UntilUnixMs > 0
            ? $"{(act.NodeName.Length > 0 ? Printable.Of(act.NodeName) : "any node")} until {Spans.Time(act.UntilUnixMs)}"
        : act.LostNodeNames.Count > 0 ? Printable.Of($"{act.NodeName} without {string.Join(", ", act.LostNodeNames)}")
        : Printable.Of(act.NodeName);

    private static Sheet Table(ListActsReply reply)
    {
        var sheet = new Sheet("ENTRY", "TERM", "ACT", "ABOUT", "BY", "SAID AT", "WHY");
        foreach (var act in reply.Acts)
        {
            sheet.Add(
                $"{act.LogIndex}",
                $"{act.Term}",
                Words.Plain(Words.Of(act.Kind)),
                About(act),
                Printable.Of(act.By),
                act.HasSaidUnixMs ? Spans.Time(act.SaidUnixMs) : "",
                Printable.Of(act.Why)
            );
        }

        return sheet;
    }
}
