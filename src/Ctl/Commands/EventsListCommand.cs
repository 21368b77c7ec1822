using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl events list</c>.</summary>
internal static class EventsListCommand
{
    private const int CountDefault = 20;

    // With all evidence an incident has up to some 10 KB, and a page should travel in one breath.
    private const int PageCountMax = 100;
    private const ulong OldMs = 10_000;

    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var open = new Option<bool>("--open") { Description = "Only those that are not over" };
        var closed = new Option<bool>("--closed") { Description = "Only those that are over" };
        var victim = new Option<string?>("--victim") { Description = "Only those of this node", HelpName = "NAME" };
        var count = WholeNumber.Option("--count", "N", 1, 100_000);
        count.Description = $"At most so many, newest first. Default: {CountDefault}";
        var command = new Command("list", "Incidents in a table, newest first.") { open, closed, victim, count };
        command.Validators.Add(result =>
        {
            if (result.GetValue(open) && result.GetValue(closed))
            {
                result.AddError("--open and --closed exclude each other; without either, all are listed.");
            }
        });
        command.SetAction(
            async (parsed, stop) =>
            {
                var request = new ListIncidentsRequest { VictimNodeName = parsed.GetValue(victim) ?? "" };
                if (parsed.GetValue(open) || parsed.GetValue(closed))
                {
                    request.State = parsed.GetValue(open) ? IncidentState.Open : IncidentState.Closed;
                }

                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var wanted = parsed.GetValue(count) ?? CountDefault;
                var reply = await ListAsync(asked, request, wanted, stop).ConfigureAwait(false);
                Write(asking.IsJson(parsed), surroundings, asked, reply);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task<ListIncidentsReply> ListAsync(
        ReachedNode asked,
        ListIncidentsRequest request,
        int wanted,
        CancellationToken stop
    )
    {
        var all = new ListIncidentsReply();
        do
        {
            request.Count = (uint)Math.Min(wanted - all.Incidents.Count, PageCountMax);
            var part = await asked
                .CallAsync(
                    (client, options) => client.ListIncidentsAsync(request, options),
                    TimeSpan.Zero,
                    "who is there, and how it stands: rasctl status",
                    stop
                )
                .ConfigureAwait(false);
            all.Incidents.AddRange(part.Incidents);
            all.More = part.More && part.Incidents.Count > 0;
            if (part.HasAgeMs)
            {
                all.AgeMs = part.AgeMs;
            }

            request.Before = part.Incidents.Count > 0 ? part.Incidents[^1].Id : request.Before;
        } while (all.More && all.Incidents.Count < wanted);

        return all;
    }

    private static void Write(bool isJson, Surroundings surroundings, ReachedNode asked, ListIncidentsReply reply)
    {
        var names = new NodeNames(asked.Status);
        if (!reply.HasAgeMs || reply.AgeMs > OldMs)
        {
            var age = reply.HasAgeMs ? $"{Spans.OfMs(reply.AgeMs)} old" : "of unknown age, for it knows no master";
            surroundings.Note($"the list of {asked.Title} is {age}; newer incidents may be missing.");
        }

        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.WriteString("node", asked.Name);
                    json.Number("age_ms", reply.HasAgeMs ? reply.AgeMs : null);
                    json.WriteBoolean("more", reply.More);
                    json.List("incidents", reply.Incidents, (to, one) => IncidentJson.Write(to, one, names));
                })
            );
            return;
        }

        var page = Page.On(surroundings);
        new IncidentText(page, names).WriteList(reply.Incidents);
        if (reply.More)
        {
            surroundings.Note($"there are older ones; --count N shows more than {reply.Incidents.Count}.");
        }
    }
}
