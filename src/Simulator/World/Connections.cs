using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Who believes to have a connection to whom. The two ends may differ for a while, as with TCP.</summary>
internal sealed class Connections
{
    private static readonly TimeSpan DialFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RedialFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RedialMax = TimeSpan.FromSeconds(1);
    private readonly Cluster cluster;
    private readonly Network network;
    private readonly Prng chance;
    private readonly End[] ends;
    private int lastConnection;

    public Connections(Cluster cluster, Network network, Prng chance)
    {
        (this.cluster, this.network, this.chance) = (cluster, network, chance);
        ends = new End[cluster.Plan.Shape.NodeCount * cluster.Plan.Shape.NodeCount * cluster.Plan.Shape.DieCount];
        for (var place = 0; place < ends.Length; place++)
        {
            ends[place] = new End();
        }
    }

    /// <summary>The connection that a new frame takes; 0: there is none.</summary>
    public int Newest(NodeId from, NodeId to, Die die) => EndOf(from, to, die).Newest;

    /// <summary>True if this end has that connection.</summary>
    public bool Knows(NodeId at, NodeId peer, Die die, int connection)
    {
        var end = EndOf(at, peer, die);
        return end.Newest == connection || end.Older == connection;
    }

    /// <summary>True if this end is about to hear that it has that connection: a frame has overtaken the news.</summary>
    public bool Expects(NodeId at, NodeId peer, Die die, int connection)
    {
        var end = EndOf(at, peer, die);
        return end.Dialling && end.Expected == connection;
    }

    public void Attach(NodeId node)
    {
        foreach (var (peer, die) in RoadsOf(node))
        {
            RedialAfter(node, peer, die, chance.Below(RedialFirst));
        }
    }

    public void Forget(NodeId node, bool closes)
    {
        foreach (var (peer, die) in RoadsOf(node))
        {
            var end = EndOf(node, peer, die);
            if (closes)
            {
                Reset(peer, node, die, end.Newest);
                Reset(peer, node, die, end.Older);
            }

            end.Clear();
        }
    }

    /// <summary>These links there are from now on, and no others: what is open is told, and whatever else is connected is closed.</summary>
    public void Follow(NodeId at, EquatableArray<LinkId> links)
    {
        foreach (var (peer, die) in RoadsOf(at))
        {
            if (!links.Contains(LinkTo(peer, die)) && EndOf(at, peer, die).Newest != 0)
            {
                Close(at, LinkTo(peer, die));
            }
        }

        var process = cluster.Host(at).Process;
        foreach (var link in links)
        {
            // A link that the core had stays as it is: this is no news to it.
            if (EndOf(at, link.Peer, link.Die).Newest != 0)
            {
                process?.Give(new Input.LinkOpened(link));
            }
        }
    }

    public void Relink(NodeId from, LinkId link) => Dial(from, link.Peer, link.Die);

    public void Close(NodeId from, LinkId link)
    {
        var end = EndOf(from, link.Peer, link.Die);
        var (newest, older) = (end.Newest, end.Older);
        Reset(link.Peer, from, link.Die, newest);
        Reset(link.Peer, from, link.Die, older);
        var process = cluster.Host(from).Process;
        cluster.Agenda.After(
            TimeSpan.FromTicks(1),
            () =>
            {
                if (cluster.Host(from).Process == process)
                {
                    Lose(from, link.Peer, link.Die, newest);
                    Lose(from, link.Peer, link.Die, older);
                }
            }
        );
    }

    /// <summary>The far side tells this end that the connection is no more, if the road is open.</summary>
    public void Reset(NodeId at, NodeId by, Die die, int connection)
    {
        if (connection == 0 || network.IsCut(by, at, die))
        {
            return;
        }

        var process = cluster.Host(at).Process;
        cluster.Agenda.After(
            network.DrawDelay(by, at, die),
            () =>
            {
                if (process is not null && cluster.Host(at).Process == process)
                {
                    Lose(at, by, die, connection);
                }
            }
        );
    }

    private static LinkId LinkTo(NodeId peer, Die die) => new(peer, die, TransportKind.Grpc);

    private void Lose(NodeId at, NodeId peer, Die die, int connection)
    {
        var end = EndOf(at, peer, die);
        if (connection != 0 && end.Remove(connection) && end.Newest == 0)
        {
            cluster.Host(at).Process?.Give(new Input.LinkClosed(LinkTo(peer, die), LinkLoss.Closed));
            RedialAfter(at, peer, die, chance.Below(RedialFirst));
        }
    }

    private void RedialAfter(NodeId from, NodeId to, Die die, TimeSpan delay)
    {
        var process = cluster.Host(from).Process;
        cluster.Agenda.After(
            delay,
            () =>
            {
                if (process is not null && cluster.Host(from).Process == process && Newest(from, to, die) == 0)
                {
                    Dial(from, to, die);
                }
            }
        );
    }

    private void Dial(NodeId from, NodeId to, Die die)
    {
        var end = EndOf(from, to, die);
        if (cluster.Host(from).Process is not { HasEnded: false } process || end.Dialling)
        {
            return;
        }

        end.Dialling = true;
        var attempt = new Attempt(process, from, to, die, cluster.Now + DialFor);
        if (network.IsCut(from, to, die))
        {
            FailAt(attempt.Until, attempt, LinkLoss.Unreachable);
            return;
        }

        cluster.Agenda.After(network.DrawDelay(from, to, die), () => Knock(attempt));
    }

    private void Knock(Attempt attempt)
    {
        var (_, from, to, die, _) = attempt;
        var host = cluster.Host(to);
        var backIsCut = network.IsCut(to, from, die);
        var back = network.ReserveArrival(to, from, die);
        if (host.Kernel is not { Runs: true } || host.Process is { IsPaused: true })
        {
            FailAt(attempt.Until, attempt, LinkLoss.Unreachable);
        }
        else if (host.Process is not { HasEnded: false } peer)
        {
            FailAt(backIsCut ? attempt.Until : back, attempt, backIsCut ? LinkLoss.Unreachable : LinkLoss.Refused);
        }
        else
        {
            // The near end may not hear of it, and then has a connection that only the far end believes in.
            var connection = ++lastConnection;
            EndOf(to, from, die).Add(connection);
            EndOf(from, to, die).Expected = connection;
            peer.Give(new Input.LinkOpened(LinkTo(from, die)));
            if (backIsCut)
            {
                FailAt(attempt.Until, attempt, LinkLoss.Unreachable);
            }
            else
            {
                cluster.Agenda.At(back, () => Succeed(attempt, connection));
            }
        }
    }

    private void Succeed(Attempt attempt, int connection)
    {
        if (cluster.Host(attempt.From).Process != attempt.Process)
        {
            Reset(attempt.To, attempt.From, attempt.Die, connection);
            return;
        }

        var end = EndOf(attempt.From, attempt.To, attempt.Die);
        end.Dialling = false;
        end.RedialIn = RedialFirst;
        end.Add(connection);
        attempt.Process.Give(new Input.LinkOpened(LinkTo(attempt.To, attempt.Die)));
    }

    private void FailAt(TimeSpan at, Attempt attempt, LinkLoss loss) =>
        cluster.Agenda.At(at, () => Fail(attempt, loss));

    private void Fail(Attempt attempt, LinkLoss loss)
    {
        var (process, from, to, die, _) = attempt;
        if (cluster.Host(from).Process != process)
        {
            return;
        }

        var end = EndOf(from, to, die);
        end.Dialling = false;
        if (end.Newest == 0)
        {
            process.Give(new Input.LinkClosed(LinkTo(to, die), loss));
            RedialAfter(from, to, die, (end.RedialIn * 0.8) + chance.Below(end.RedialIn * 0.4));
            end.RedialIn = end.RedialIn * 1.6 < RedialMax ? end.RedialIn * 1.6 : RedialMax;
        }
    }

    private End EndOf(NodeId at, NodeId peer, Die die) => ends[network.PlaceOf(at, peer, die)];

    private IEnumerable<(NodeId Peer, Die Die)> RoadsOf(NodeId node)
    {
        var shape = cluster.Plan.Shape;
        for (var peer = 0; peer < shape.NodeCount; peer++)
        {
            for (var die = 0; peer != node.Value && die < shape.DieCount; die++)
            {
                yield return (new NodeId(peer), new Die(die));
            }
        }
    }

    private sealed record Attempt(AgentProcess Process, NodeId From, NodeId To, Die Die, TimeSpan Until);

    /// <summary>What one end believes: the newest connection, and the one that it was dialled beside.</summary>
    private sealed class End
    {
        public int Newest { get; private set; }

        public int Older { get; private set; }

        public bool Dialling { get; set; }

        /// <summary>Of the attempt under way, once the far end has it.</summary>
        public int Expected { get; set; }

        public TimeSpan RedialIn { get; set; } = RedialFirst;

        public void Add(int connection) => (Newest, Older) = (connection, Newest);

        public bool Remove(int connection)
        {
            if (Newest == connection)
            {
                (Newest, Older) = (Older, 0);
                return true;
            }

            var known = Older == connection;
            Older = known ? 0 : Older;
            return known;
        }

        public void Clear() => (Newest, Older, Dialling, RedialIn) = (0, 0, false, RedialFirst);
    }
}
