using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>The agent dies, between two effects, and is started again in the same boot.</summary>
    /// <param name="StartTakes">It is there, but does nothing for so long.</param>
    internal sealed record ProcessCrash(
        TimeSpan At,
        NodeId? Node,
        TimeSpan For,
        int AfterEffects,
        TimeSpan StartTakes = default
    ) : OfNode(At, Node)
    {
        // Where no effects come, it dies all the same.
        private static readonly TimeSpan AtLatest = TimeSpan.FromMilliseconds(50);

        internal override string Kind => StartTakes > TimeSpan.Zero ? "slow start" : "crash";

        internal override TimeSpan Lasts => For + StartTakes;

        internal override Unrest Unrest => UnrestUntilBack(StartTakes, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            if (host.Process is not { } process)
            {
                return false;
            }

            process.CrashAfter(AfterEffects);
            cluster.Agenda.After(
                AtLatest,
                () =>
                {
                    if (host.Process == process)
                    {
                        host.KillAgent("crash", closes: true);
                    }

                    host.StartAgentAfter(For, StartTakes);
                }
            );
            return true;
        }
    }

    /// <summary>The agent does not run for a while, as after SIGSTOP; perhaps between a step and its effects.</summary>
    internal sealed record Pause(TimeSpan At, NodeId? Node, TimeSpan For, bool BeforeEffects) : OfNode(At, Node)
    {
        public static readonly TimeSpan LongFrom = TimeSpan.FromSeconds(10);

        internal override string Kind => For >= LongFrom ? "long pause" : "pause";

        internal override TimeSpan Lasts => For;

        internal override Unrest Unrest => UnrestUntilBack(default, For);

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.Process?.Pause(For, BeforeEffects);
            return host.Process is not null;
        }
    }
}
