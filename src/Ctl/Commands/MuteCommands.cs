using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl mute add|list|end</c> and <c>rasctl maintenance NODE</c>: what people want no notices of.</summary>
internal static class MuteCommands
{
    private static readonly (string Word, EventKind Kind)[] Kinds =
    [
        .. new[]
        {
            EventKind.Silent,
            EventKind.PowerOff,
            EventKind.KernelReboot,
            EventKind.Panic,
            EventKind.OutOfMemory,
            EventKind.MemoryFault,
            EventKind.LinkChange,
        }.Select(kind => (Words.Of(kind), kind)),
    ];

    public static Command Create(AskingOptions asking, Surroundings surroundings) =>
        new("mute", "What people want no notices of for a time; the incidents are the same without.")
        {
            Add(asking, surroundings),
            List(asking, surroundings),
            End(asking, surroundings),
        };

    public static Command Maintenance(AskingOptions asking, Surroundings surroundings)
    {
        var node = new Argument<string>("NODE") { Description = "The node that somebody works on" };
        var span = SpanOption();
        var signing = new Signing();
        var command = new Command("maintenance", "Announces work on a node: until its end nobody is told of the node.")
        {
            node,
            span,
        };
        signing.AddTo(command);
        command.SetAction(
            (parsed, stop) =>
                AskAsync(
                    new Mute { NodeName = parsed.GetRequiredValue(node), Maintenance = true },
                    parsed.GetRequiredValue(span),
                    signing,
                    parsed,
                    asking,
                    surroundings,
                    stop
                )
        );
        return command;
    }

    private static Command Add(AskingOptions asking, Surroundings surroundings)
    {
        var node = new Option<string?>("--node")
        {
            Description = "Of this node's incidents only. Default: of every node's",
            HelpName = "NODE",
        };
        var kinds = new Option<string[]>("--kind")
        {
            Description =
                $"Of this kind only, one of {string.Join(", ", Kinds.Select(kind => kind.Word))}; may be repeated. Default: all",
            HelpName = "KIND",
        };
        kinds.AcceptOnlyFromAmong([.. Kinds.Select(kind => kind.Word)]);
        var span = SpanOption();
        var signing = new Signing();
        var command = new Command("add", "Has nobody told, until its end, of incidents that it covers.")
        {
            node,
            kinds,
            span,
        };
        signing.AddTo(command);
        command.SetAction(
            (parsed, stop) =>
            {
                var mute = new Mute { NodeName = parsed.GetValue(node) ?? "" };
                mute.Kinds.AddRange(
                    (parsed.GetValue(kinds) ?? [])
                        .Distinct()
                        .Select(word => Array.Find(Kinds, kind => kind.Word == word).Kind)
                );
                return AskAsync(mute, parsed.GetRequiredValue(span), signing, parsed, asking, surroundings, stop);
            }
        );
        return command;
    }

    private static Command List(AskingOptions asking, Surroundings surroundings)
    {
        var command = new Command("list", "The mutes that last, the one that ends first first, and the channels.");
        command.SetAction(
            async (parsed, stop) =>
            {
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.ListMutesAsync(new ListMutesRequest(), options),
                        TimeSpan.Zero,
                        "who is there: rasctl status",
                        stop
                    )
                    .ConfigureAwait(false);
                if (asking.IsJson(parsed))
                {
                    await surroundings.Out.WriteLineAsync(MuteJson.Of(asked.Name, reply)).ConfigureAwait(false);
                }
                else
                {
                    MuteText.Write(Page.On(surroundings), reply);
                }

                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command End(AskingOptions asking, Surroundings surroundings)
    {
        var id = WholeNumber.Argument("ID");
        id.Description = "The mute's entry, as rasctl mute list has it";
        var signing = new Signing();
        var command = new Command("end", "Ends a mute before its time: people are told again.") { id };
        signing.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var request = new UnmuteRequest
                {
                    Id = (ulong)parsed.GetValue(id),
                    By = signing.By(parsed),
                    Why = signing.Why(parsed),
                };
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                await asked
                    .CallAsync(
                        (client, options) => client.UnmuteAsync(request, options),
                        TimeSpan.Zero,
                        "which there are: rasctl mute list; whether it was ended: rasctl audit",
                        stop
                    )
                    .ConfigureAwait(false);
                if (asking.IsJson(parsed))
                {
                    await surroundings
                        .Out.WriteLineAsync(JsonLine.Of(json => json.WriteNumber("ended", request.Id)))
                        .ConfigureAwait(false);
                }
                else
                {
                    Page.On(surroundings).Line($"mute {request.Id} is over: people are told again");
                }

                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Option<TimeSpan> SpanOption()
    {
        var span = SpanArgument.Option("--for", TimeSpan.FromDays(366));
        span.Description = "How long: a whole number with s, m, h or d behind it, for example 30m";
        span.Required = true;
        return span;
    }

    private static async Task<int> AskAsync(
        Mute mute,
        TimeSpan span,
        Signing signing,
        ParseResult parsed,
        AskingOptions asking,
        Surroundings surroundings,
        CancellationToken stop
    )
    {
        mute.UntilUnixMs = (ulong)(surroundings.Clock.GetUtcNow() + span).ToUnixTimeMilliseconds();
        mute.By = signing.By(parsed);
        mute.Why = signing.Why(parsed);
        using var asked = await Reach
            .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
            .ConfigureAwait(false);
        var reply = await asked
            .CallAsync(
                (client, options) => client.MuteAsync(new MuteRequest { Mute = mute }, options),
                TimeSpan.Zero,
                "which there are: rasctl mute list; whether it was asked for: rasctl audit",
                stop
            )
            .ConfigureAwait(false);
        if (asking.IsJson(parsed))
        {
            await surroundings.Out.WriteLineAsync(MuteJson.Of(reply.Mute)).ConfigureAwait(false);
        }
        else
        {
            MuteText.Write(Page.On(surroundings), reply.Mute);
        }

        return ExitCode.Done;
    }
}
