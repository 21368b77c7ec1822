using ClusterRas.Fabric;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>A node's driver is loaded anew: its queue, its numbers and the acks that it waits for are gone.</summary>
    internal sealed record DriverReload(TimeSpan At, NodeId? Node) : OfNode(At, Node)
    {
        internal override string Kind => "driver reload";

        // Who waits is shown again within a second, under a new number: that is a word of its own.
        internal override Unrest Unrest => Unrest.None;

        protected override bool Begin(Cluster cluster, Host host)
        {
            host.Kernel?.ReloadDriver();
            return host.Kernel is { Runs: true };
        }
    }

    /// <summary>Whoever catches the next word has its driver loaded anew before the answer comes.</summary>
    internal sealed record ReloadBeforeTheAnswer(TimeSpan At, TimeSpan After) : Fault(At)
    {
        internal override string Kind => "driver reload";

        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            cluster.AwaitWord((witness, _) => cluster.BeginAfter(After, new DriverReload(default, witness.Node)));
            return true;
        }
    }

    /// <summary>Whoever catches the next word stands still until its window ends, or a little less or more.</summary>
    /// <param name="After">The word is on its way by then, and the answer comes while nobody reads it.</param>
    /// <param name="Offset">Between the end of the window and the moment when it runs again.</param>
    internal sealed record StandstillToTheEnd(TimeSpan At, TimeSpan After, TimeSpan Offset) : Fault(At)
    {
        internal override string Kind => "standstill to a window's end";

        internal override TimeSpan Lasts => NextWord.WindowMax;

        // Whom it strikes is known by then only: that is a pause, which brings its own.
        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            cluster.AwaitWord(
                (witness, ends) =>
                {
                    var lasts = ends + Offset - After - cluster.Now;
                    if (lasts > TimeSpan.Zero)
                    {
                        cluster.BeginAfter(After, new Pause(default, witness.Node, lasts, BeforeEffects: false));
                    }
                }
            );
            return true;
        }
    }
}
