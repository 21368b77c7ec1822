using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S9, its other half: what a node says of when it heard others has its own pauses taken off.</summary>
/// <remarks>A master asks before it believes such a word, so a false one seldom comes to a false silence; it must not be said at all.</remarks>
internal sealed class OwnPauses(Hearing hearing) : IOracle
{
    private EquatableArray<Heard> judged;

    public string Name => "S9";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        hearing.See(sighting);
        if (
            sighting is not Sighting.Decided { Effect: Effect.Send { Frame.Message: Message.Heartbeat beat } }
            // One step says the same to all peers of a DIE.
            || beat.Vector.AsSpan() == judged.AsSpan()
            || hearing.Of(sighting.Node) is not { } here
        )
        {
            return null;
        }

        judged = beat.Vector;
        return Excess(here, beat.Vector) is { } excess ? $"{sighting.Node} says {excess}" : null;
    }

    private static string? Excess(Hearing.Ears here, EquatableArray<Heard> vector)
    {
        foreach (ref readonly var said in vector.AsSpan())
        {
            if (
                here.Heard.TryGetValue((said.Node, said.Die), out var heard)
                && said.AgoMs > (here.Ran - heard + Hearing.Blur).TotalMilliseconds
            )
            {
                return FormattableString.Invariant(
                    $"that it heard {said.Node} on {said.Die} {said.AgoMs} ms ago, and ran for {(here.Ran - heard).TotalMilliseconds:0} ms since"
                );
            }
        }

        return null;
    }
}
