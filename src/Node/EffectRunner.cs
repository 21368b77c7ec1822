using ClusterRas.Fabric;
using ClusterRas.Master;
using ClusterRas.Master.Handlers;
using ClusterRas.Node.Sources;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Node;

/// <summary>Carries out what the core asks for: hands each effect to the room that does it, and waits for none.</summary>
/// <remarks>What leaves the process and was decided too long ago is given back instead: a stopped process that wakes up
/// must not act on what it believed before (protocol.md 5).</remarks>
internal sealed class EffectRunner(
    CurrentMap map,
    ProtocolOptions options,
    ILogger log,
    FactLog facts,
    ITransport transport,
    Ledger ledger,
    CallerDesk callers,
    WishDesk wishes,
    Func<Instant> clock,
    CancellationToken stop
)
{
    private readonly Dictionary<int, IEventSource> sources = [];

    /// <summary>Puts an input into the loop; set once the loop is there.</summary>
    public required Action<Input> Post { get; init; }

    /// <summary>Programs and subscribers that react; set once they are there.</summary>
    public required HandlerRoster Roster { get; init; }

    /// <summary>Opens, moves and ends links as another map has them.</summary>
    public required Action<Effect.MapTaken> MapTaken { get; init; }

    /// <summary>Says in heartbeats what time it is here.</summary>
    public required PeerClocks Clocks { get; init; }

    /// <summary>Told every fact, on the loop's thread: remembers it, and does no more.</summary>
    public Action<Fact> Noted { get; init; } = static _ => { };

    /// <summary>Told that something may look different now.</summary>
    public required Action Touched { get; init; }

    /// <summary>Told, with the reason, when the process must not go on.</summary>
    public required Action<string> Failed { get; init; }

    /// <summary>A source whose words are released by it.</summary>
    public void Add(IEventSource source) => sources.Add(source.Number, source);

    /// <summary>Carries out the effects of one step, in order; on the loop's thread.</summary>
    public void Run(IReadOnlyList<Effect> effects)
    {
        var isNews = false;
        foreach (var effect in effects)
        {
            isNews |= effect is Effect.Committed or Effect.Restored or Effect.Note { Fact: not Fact.FrameDropped };
            Run(effect);
        }

        if (isNews)
        {
            Touched();
        }
    }

    private void Run(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                transport.Send(send.Link, Clocks.Stamp(send.Frame));
                break;
            case Effect.Relink relink:
                transport.Relink(relink.Link);
                break;
            case Effect.CloseLink close:
                transport.Close(close.Link, close.Reason);
                break;
            case Effect.MapTaken taken:
                map.Take(taken);
                MapTaken(taken);
                break;
            case Effect.Persist persist:
                MustTake(ledger.Enqueue(persist.Ticket, persist.Write));
                break;
            case Effect.Committed committed:
                MustTake(ledger.Enqueue(committed));
                break;
            case Effect.Restored restored:
                MustTake(ledger.Enqueue(restored));
                break;
            case Effect.Release release when IsFresh(release, release.Decision):
                Release(release);
                break;
            case Effect.StartHandler start when IsFresh(start, start.Decision):
                Roster.Start(start.Call, stop);
                break;
            case Effect.Alarm alarm when IsFresh(alarm, alarm.Decision):
                log.Alarm(alarm.Incident.Index.Value, alarm.Kind, Name(alarm.Victim));
                break;
            case Effect.Release or Effect.StartHandler or Effect.Alarm:
                // Given back above.
                break;
            case Effect.WindowOver over:
                callers.Answer(over.Report, new CallerAnswer(null, Verdict.None, 0, false));
                break;
            case Effect.Delivered delivered:
                callers.Answer(
                    delivered.Report,
                    new CallerAnswer(delivered.Incident, delivered.Verdict, 0, delivered.IsLate)
                );
                break;
            case Effect.Granted granted:
                wishes.Answer(granted);
                break;
            case Effect.Note note:
                facts.Write(note.Fact);
                Noted(note.Fact);
                break;
            default:
                throw new InvalidOperationException($"nobody carries out {effect.GetType().Name}");
        }
    }

    private void MustTake(bool isTaken)
    {
        if (!isTaken && !stop.IsCancellationRequested)
        {
            // What comes later may not be written without this, so nothing may come later.
            Failed("the ledger takes no more writes");
        }
    }

    private bool IsFresh(Effect effect, Decision decision)
    {
        if (clock() - decision.At <= options.ElectionTimeoutMin)
        {
            return true;
        }

        Post(new Input.Returned(effect));
        return false;
    }

    private void Release(Effect.Release release)
    {
        log.ReleaseBegun(release.Verdict, release.Report);
        if (release.Device is { } device && sources.TryGetValue(device.Source, out var source))
        {
            source.Release(release);
            return;
        }

        var isThere = callers.Answer(
            release.Report,
            new CallerAnswer(release.Incident, release.Verdict, release.Result, false)
        );
        Post(new Input.Released(release.Report, isThere ? ReleaseOutcome.Acked : ReleaseOutcome.Failed));
    }

    private string Name(NodeId node) => map.Name(node);
}
