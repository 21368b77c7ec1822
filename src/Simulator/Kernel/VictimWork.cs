using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Kernel;

/// <summary>The client part of the remote reporter: tells all peers once a second and blocks until one has an ack.</summary>
internal sealed class VictimWork(Cluster cluster, Host host, HostKernel kernel, uint randomId)
{
    private EventKind claims;
    private Action? goesOn;
    private bool bufferIsTaken;

    /// <summary>Begins a claim; <paramref name="then"/> follows the ack or the end of the window.</summary>
    public void Claim(EventKind kind, int windowMs, Action then)
    {
        var timeoutMs = windowMs + host.Life.Tag;
        (claims, goesOn) = (kind, then);
        cluster.See(new Sighting.Claimed(cluster.Now, host.Node, host.Life, kind, timeoutMs));
        Round(kind, timeoutMs, timeoutMs / 1000);
    }

    /// <summary>An ack came. Panic over URMA checks each; all else shares a buffer that takes one, ever.</summary>
    public void HearAck(EventKind kind, NodeId by, bool overUvb, Life meant)
    {
        if (claims != EventKind.Panic || overUvb)
        {
            if (bufferIsTaken)
            {
                return;
            }

            bufferIsTaken = true;
        }

        if (goesOn is not null && kind == claims)
        {
            cluster.See(new Sighting.Freed(cluster.Now, host.Node, host.Life, kind, by, meant));
            GoOn();
        }
    }

    private void Round(EventKind kind, int timeoutMs, int left)
    {
        if (kernel.HasEnded || goesOn is null || claims != kind)
        {
            return;
        }

        if (left == 0)
        {
            GoOn();
            return;
        }

        foreach (var peer in NodeSet.All(cluster.Plan.Shape.NodeCount).Without(NodeSet.One(host.Node)).Nodes())
        {
            for (var die = 0; die < cluster.Plan.Shape.DieCount; die++)
            {
                Send(peer, kind, timeoutMs, new Die(die), overUvb: false);
            }

            if (cluster.Plan.Shape.Uvb)
            {
                Send(peer, kind, timeoutMs, new Die(0), overUvb: true);
            }
        }

        cluster.Agenda.After(TimeSpan.FromSeconds(1), () => Round(kind, timeoutMs, left - 1));
    }

    private void Send(NodeId peer, EventKind kind, int timeoutMs, Die die, bool overUvb)
    {
        var self = cluster.Topology[host.Node];
        var cna = self.Cna ?? throw new System.Diagnostics.UnreachableException();
        var eid = self.Dies[die.Value].Eid;
        var message = new VictimMessage(host.Node, host.Life, kind, randomId, timeoutMs, die, eid, cna, overUvb);
        cluster.Network.SendBetweenKernels(host.Node, peer, die, () => cluster.Host(peer).Kernel?.Hear(message));
    }

    private void GoOn()
    {
        var then = goesOn;
        goesOn = null;
        then?.Invoke();
    }
}
