using ClusterRas.Protocol;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulator.Faults;

internal abstract partial record Fault
{
    /// <summary>Faults that belong together; their times count from the beginning of the whole.</summary>
    internal sealed record Series(TimeSpan At, string Name, EquatableArray<Fault> Parts) : Fault(At)
    {
        internal override string Kind => Name;

        internal override TimeSpan Lasts => Parts.Select(part => part.At + part.Lasts).DefaultIfEmpty().Max();

        // Each part is seen when it begins, and brings its own.
        internal override Unrest Unrest => Unrest.None;

        internal override bool Begin(Cluster cluster)
        {
            foreach (var part in Parts)
            {
                cluster.BeginAfter(part.At, part);
            }

            return true;
        }
    }
}
