using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What stands behind the word "silent" of an incident.</summary>
/// <param name="Index">Its entry.</param>
/// <param name="Asked">Peers through whom the node was asked in vain whether it lives.</param>
/// <param name="Sights">Who had heard it last, over which rail.</param>
public sealed record SilenceRecord(LogIndex Index, EquatableArray<NodeId> Asked, EquatableArray<LastSight> Sights)
{
    /// <summary>The latest of them all; null: nobody had heard it in this process.</summary>
    public LastSight? Last
    {
        get
        {
            LastSight? last = null;
            foreach (var sight in Sights.AsSpan())
            {
                if (sight.AgoMs is { } ago && !(last?.AgoMs <= ago))
                {
                    last = sight;
                }
            }

            return last;
        }
    }
}
