using ClusterRas.Fabric;
using ClusterRas.Master;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>What a runner that is not the simulator's own finds around it: one machine of the simulated world.</summary>
internal sealed class RunnerWorld(Cluster cluster, Host host, AgentProcess process, EffectHands hands)
{
    public Topology Topology => host.Map;

    public ProtocolOptions Options => cluster.Options;

    public Agenda Agenda => cluster.Agenda;

    /// <summary>The machine's clock.</summary>
    public Instant Now => host.Clock;

    /// <summary>The ledger of this process.</summary>
    public Ledger Ledger => host.Disk.RealLedger;

    /// <summary>An input for the loop.</summary>
    public void Post(Input input) => process.Give(input);

    /// <summary>What leaves through a simulated door: frames, connections, acks at the device.</summary>
    public void CarryOut(Effect effect) => hands.CarryOut(effect);

    /// <summary>How a handler takes a call; null: it never answers.</summary>
    public (TimeSpan After, HandlerResult Result)? Answer(HandlerCall call) => hands.Answer(call);

    /// <summary>The runner says that the process must not go on.</summary>
    public void Broke(string reason) =>
        cluster.See(new Sighting.Broke(cluster.Now, host.Node, $"the runner ends the process: {reason}"));
}
