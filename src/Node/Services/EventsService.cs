using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Master.Handlers;
using ClusterRas.Protocol;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What programs say to the node they run on: events go in, calls to handlers come out.</summary>
internal sealed class EventsService(
    NodeId self,
    CurrentMap map,
    StatusView view,
    WordDesk words,
    WishDesk wishes,
    HandlerRoster roster,
    SubscribedHandlers subscribed,
    Action<Input> post
) : V1.Events.EventsBase
{
    private const int KindsMax = 16;

    /// <summary>A kind that may be said; throws InvalidArgument otherwise.</summary>
    public static EventKind Kind(V1.EventKind kind)
    {
        var known = (EventKind)kind;
        return known.IsReportable()
            ? known
            : throw Refused($"kind {kind} cannot be reported; expected one of POWER_OFF to LINK_CHANGE");
    }

    /// <summary>Any kind that an incident can be of; throws InvalidArgument otherwise.</summary>
    public static EventKind AnyKind(V1.EventKind kind) =>
        (EventKind)kind == EventKind.Silent ? EventKind.Silent : Kind(kind);

    /// <summary>A window within its range; null: none. Throws InvalidArgument otherwise.</summary>
    public static long? Window(bool isSet, ulong windowMs) =>
        !isSet ? null
        : windowMs <= Limits.WindowMsMax ? (long)windowMs
        : throw Refused($"window_ms is {windowMs}; expected 0 to {Limits.WindowMsMax}");

    /// <inheritdoc />
    public override async Task<V1.ReportReply> Report(V1.ReportRequest request, ServerCallContext context)
    {
        var kind = Kind(request.Kind);
        var windowMs = Window(request.HasWindowMs, request.WindowMs);
        if (request.Nonce.Length is not (0 or 16))
        {
            throw Refused($"nonce has {request.Nonce.Length} bytes; expected 16, or none");
        }

        var (node, eid, cna) = Victim(request);
        UInt128? nonce =
            request.Nonce.Length == 0
                ? null
                : System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(request.Nonce.Span);
        var ending = await words
            .SayAsync(
                kind,
                request.Drill ? ReportDoor.Drill : ReportDoor.Said,
                node,
                eid,
                cna,
                windowMs,
                nonce,
                DetailView.Read(request),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return Reply(ending);
    }

    /// <inheritdoc />
    public override async Task Subscribe(
        V1.SubscribeRequest request,
        IServerStreamWriter<V1.HandlerCall> responseStream,
        ServerCallContext context
    )
    {
        var declaration = Declaration(request);
        var refusal = await wishes
            .AskAsync(new EntryPayload.HandlerDeclared(declaration), post, context.CancellationToken)
            .ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        }

        var handler = new SubscribedHandler(declaration, subscribed);
        using var presence = roster.Add(handler);

        // Headers tell the subscriber that it is connected: from here on no call is missed.
        await context.WriteResponseHeadersAsync([]).ConfigureAwait(false);
        await foreach (var call in handler.Calls.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(View(call)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override Task<V1.CompleteReply> Complete(V1.CompleteRequest request, ServerCallContext context)
    {
        var outcome = request.Outcome switch
        {
            V1.HandlerOutcome.Done => HandlerOutcome.Done,
            V1.HandlerOutcome.Failed => HandlerOutcome.Failed,
            _ => throw Refused($"outcome {request.Outcome}; expected DONE or FAILED"),
        };
        var message = request.Message.Length > 512 ? request.Message[..512] : request.Message;
        var isNew = subscribed.Complete(
            new IncidentId(new LogIndex((long)request.Incident)),
            new HandlerResult(request.Handler, outcome, request.Result, message)
        );
        return isNew
            ? Task.FromResult(new V1.CompleteReply())
            : throw new RpcException(
                new Status(
                    StatusCode.NotFound,
                    $"no call of handler \"{request.Handler}\" for incident {request.Incident} is open here: "
                        + "answered already, over its deadline, or never made by this node"
                )
            );
    }

    private static V1.ReportReply Reply(WordEnding ending)
    {
        var reply = new V1.ReportReply();
        if (ending.LeftMs is { } left)
        {
            reply.WindowLeftMs = (ulong)left;
        }

        if (ending.Answer is not { } answer)
        {
            reply.Ending = V1.ReportEnding.WindowOver;
            reply.Message = "nobody has answered within the window; the word is kept and sent on";
            return reply;
        }

        reply.Ending = answer.IsLate ? V1.ReportEnding.RecordedLate : V1.ReportEnding.Acked;
        reply.Verdict = (V1.Verdict)answer.Verdict;
        reply.Result = answer.Result;
        if (answer.Incident is { } incident)
        {
            reply.Incident = (ulong)incident.Index.Value;
        }

        return reply;
    }

    private (NodeId? Node, Eid? Eid, Cna? Cna) Victim(V1.ReportRequest request)
    {
        switch (request.VictimCase)
        {
            case V1.ReportRequest.VictimOneofCase.NodeName:
                return map.Topology.FindNode(request.NodeName) is { } node
                    ? (node.Id, null, null)
                    : throw new RpcException(
                        new Status(StatusCode.NotFound, $"no node \"{request.NodeName}\" in the topology")
                    );
            case V1.ReportRequest.VictimOneofCase.Eid:
                return Eid.TryParse(request.Eid, out var eid)
                    ? (null, eid, null)
                    : throw Refused($"eid \"{request.Eid}\"; expected 8 groups of 4 hex digits");
            case V1.ReportRequest.VictimOneofCase.Cna:
                var cna = new Cna(request.Cna);
                return cna.IsValid ? (null, null, cna) : throw Refused($"cna {request.Cna}; expected 0 to {Cna.Max}");
            default:
                return (self, null, null);
        }
    }

    private static HandlerDeclaration Declaration(V1.SubscribeRequest request)
    {
        if (!DnsLabel.IsValid(request.Name))
        {
            throw Refused($"name \"{request.Name}\"; expected {DnsLabel.Form}");
        }

        if (request.Kinds.Count is 0 or > KindsMax || request.DeadlineMs is 0 or > Limits.WindowMsMax)
        {
            throw Refused(
                $"{request.Kinds.Count.ToString(CultureInfo.InvariantCulture)} kinds and a deadline of {request.DeadlineMs} ms; expected 1 to {KindsMax} kinds and 1 to {Limits.WindowMsMax} ms"
            );
        }

        return new HandlerDeclaration(
            request.Name,
            new([
                .. request.Kinds.Select(kind => kind == V1.EventKind.Silent ? EventKind.Silent : Kind(kind)).Distinct(),
            ]),
            TimeSpan.FromMilliseconds(request.DeadlineMs),
            request.Required,
            request.Idempotent,
            request.NeedsSilence
        );
    }

    private V1.HandlerCall View(HandlerCall call)
    {
        var message = new V1.HandlerCall
        {
            Incident = (ulong)Math.Max(0, call.Incident.Index.Value),
            VictimNodeName = view.Name(call.Victim),
            Kind = (V1.EventKind)call.Kind,
            DeadlineMs = (ulong)Math.Max(0, call.Deadline.TotalMilliseconds),
            Term = (ulong)call.Term.Value,
            Drill = call.Words?.Id.Door == ReportDoor.Drill,
        };
        if (call.Words is { } words)
        {
            message.Words = new V1.CallWords
            {
                WitnessNodeName = view.Name(words.Id.Witness),
                Door = (V1.ReportDoor)words.Id.Door,
                VictimEid = words.VictimEid?.ToString() ?? "",
                VictimBoot =
                    words.VictimBoot == default
                        ? ""
                        : words.VictimBoot.Value.ToString("x32", CultureInfo.InvariantCulture),
            };
            if (words.VictimCna is { } cna)
            {
                message.Words.VictimCna = cna.Value;
            }

            if (words.WindowMs is { } window)
            {
                message.Words.WindowMs = (ulong)window;
            }

            DetailView.Write(words.Detail, message.Words);
        }

        return message;
    }

    private static RpcException Refused(string found) => new(new Status(StatusCode.InvalidArgument, found));
}
