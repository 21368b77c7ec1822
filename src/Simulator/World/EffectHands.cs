using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Kernel;

namespace ClusterRas.Simulator.World;

/// <summary>Carries out what a machine asks for: on the wires, on the disk, at the device, at handlers and callers.</summary>
internal sealed class EffectHands(Cluster cluster, Host host, AgentProcess process, HostKernel kernel, Prng chance)
{
    private readonly DeviceReader device = new(cluster, host, process, kernel, chance.Fork());
    private readonly HandlerPlan[] handlers = [.. cluster.Plan.Handlers.Where(h => h.Node == host.Node)];

    /// <summary>The process is up: its doors open.</summary>
    /// <param name="runner">Handlers connect to it; null: to nobody, the core is told at once.</param>
    public void Begin(IEffectRunner? runner)
    {
        cluster.Network.Attach(host.Node);
        device.Open();
        if (handlers.Length > 0)
        {
            cluster.Agenda.After(chance.Below(TimeSpan.FromMilliseconds(500)), () => Connect(runner));
        }
    }

    /// <summary>The process runs again after a pause.</summary>
    public void Resume() => device.Resume();

    public void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                cluster.Network.Send(host.Node, send.Link, send.Frame);
                break;
            case Effect.Relink relink:
                cluster.Network.Relink(host.Node, relink.Link);
                break;
            case Effect.CloseLink close:
                cluster.Network.Close(host.Node, close.Link);
                break;
            case Effect.MapTaken taken:
                cluster.Network.Follow(host.Node, taken.Links);
                break;
            case Effect.Persist persist:
                host.Disk.Write(persist.Ticket, persist.Write);
                break;
            case Effect.Committed committed:
                host.Disk.Show(committed);
                process.Notices?.See(committed);
                break;
            case Effect.Restored restored:
                host.Disk.Show(restored);
                break;
            case Effect.Release release:
                Release(release);
                break;
            case Effect.StartHandler start:
                Start(start.Call);
                break;
            case Effect.Granted granted:
                cluster.Operator.Hear(granted);
                process.Notices?.Hear(granted);
                break;
            case Effect.WindowOver or Effect.Delivered or Effect.Alarm or Effect.Note:
                break;
            default:
                throw new System.Diagnostics.UnreachableException(effect.ToString());
        }
    }

    /// <summary>The product's own runner has carried this out; what stands for its disk and for operators follows.</summary>
    public void Follow(Effect effect)
    {
        switch (effect)
        {
            case Effect.Persist persist:
                host.Disk.Follow(persist.Ticket, persist.Write);
                break;
            case Effect.Committed committed:
                host.Disk.Follow(committed);
                process.Notices?.See(committed);
                break;
            case Effect.Granted granted:
                cluster.Operator.Hear(granted);
                process.Notices?.Hear(granted);
                break;
        }
    }

    /// <summary>How a handler takes a call.</summary>
    /// <returns>Null: it never answers.</returns>
    public (TimeSpan After, HandlerResult Result)? Answer(HandlerCall call)
    {
        var trouble = cluster.HandlerTrouble;
        if (
            handlers.FirstOrDefault(h => h.Declaration.Name == call.Handler) is not { } handler
            || chance.Chance(handler.SilentPermille, 1000)
            || trouble == HandlerTrouble.Hung
        )
        {
            return null;
        }

        var fails = chance.Chance(handler.FailsPermille, 1000) || trouble == HandlerTrouble.Failing;
        var outcome = fails ? HandlerOutcome.Failed : HandlerOutcome.Done;
        var deadline = handler.Declaration.Deadline;
        var after =
            trouble == HandlerTrouble.Late
                ? deadline + chance.Below(deadline)
                : chance.Below(handler.AnswersWithin) + TimeSpan.FromTicks(1);
        return (after, new HandlerResult(call.Handler, outcome, fails ? 1UL : 0, ""));
    }

    private void Connect(IEffectRunner? runner)
    {
        if (runner is null)
        {
            process.Give(new Input.HandlersPresent([.. handlers.Select(h => h.Declaration.Name)]));
            return;
        }

        foreach (var handler in handlers)
        {
            runner.Connect(handler.Declaration);
        }
    }

    private void Release(Effect.Release release)
    {
        // A caller reads its answer unless it has hung up.
        var outcome =
            release.Device is { } opened ? device.Release(release.Report, opened, release.Result)
            : chance.Chance(1, 30) ? ReleaseOutcome.Failed
            : ReleaseOutcome.Acked;
        AnswerAfter(TimeSpan.FromMilliseconds(1), new Input.Released(release.Report, outcome));
    }

    private void Start(HandlerCall call)
    {
        if (Answer(call) is not { } answer)
        {
            return;
        }

        var input = new Input.HandlerAnswered(call.Incident, answer.Result);
        cluster.Agenda.After(answer.After, () => process.Give(input));
        if (cluster.HandlerTrouble == HandlerTrouble.AnswersTwice)
        {
            cluster.Agenda.After(answer.After + chance.Below(answer.After), () => process.Give(input));
        }
    }

    private void AnswerAfter(TimeSpan atMost, Input input) =>
        cluster.Agenda.After(chance.Below(atMost) + TimeSpan.FromTicks(1), () => process.Give(input));
}
