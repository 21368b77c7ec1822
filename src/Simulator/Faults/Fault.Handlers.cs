using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

/// <summary>How handlers behave.</summary>
internal enum HandlerTrouble
{
    /// <summary>As planned.</summary>
    None,

    /// <summary>They answer after their deadline.</summary>
    Late,

    /// <summary>They never answer.</summary>
    Hung,

    /// <summary>They answer that they failed.</summary>
    Failing,

    /// <summary>They answer twice.</summary>
    AnswersTwice,
}

internal abstract partial record Fault
{
    /// <summary>Every handler that is started meanwhile has this trouble.</summary>
    internal sealed record Handlers(TimeSpan At, TimeSpan For, HandlerTrouble Trouble) : Fault(At)
    {
        internal override string Kind =>
            Trouble switch
            {
                HandlerTrouble.Late => "late handlers",
                HandlerTrouble.Hung => "hung handlers",
                HandlerTrouble.Failing => "failing handlers",
                _ => "handlers answer twice",
            };

        // L1 asks for an answer by AckBy, whatever handlers do.
        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            cluster.HandlerTrouble = Trouble;
            cluster.Agenda.At(cluster.EndOf(At + For), () => cluster.HandlerTrouble = HandlerTrouble.None);
            return true;
        }
    }
}
