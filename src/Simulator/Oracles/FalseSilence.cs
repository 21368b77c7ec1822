using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S9: nobody is called silent whom the master, or somebody whom the master hears, has just heard.</summary>
internal sealed class FalseSilence(ProtocolOptions options, Hearing hearing) : IOracle
{
    public string Name => "S9";

    public bool SeesBeats => true;

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        hearing.See(sighting);
        if (
            sighting is not Sighting.Decided { Effect: Effect.Persist persist }
            || chronicle.Master != sighting.Node
            || hearing.Of(sighting.Node) is not { } here
        )
        {
            return null;
        }

        foreach (var entry in persist.Write.Append)
        {
            if (
                entry.Payload is EntryPayload.Opened { Kind: EventKind.Silent } opened
                && WhoHears(here, opened.Victim) is { } reason
            )
            {
                return $"{sighting.Node} calls {opened.Victim} silent, but {reason}";
            }
        }

        return null;
    }

    private string? WhoHears(Hearing.Ears here, NodeId victim)
    {
        var silentAfter = options.SilentAfter - Hearing.Blur;
        foreach (var (rail, heard) in here.Heard)
        {
            if (rail.Node == victim && here.Ran - heard < silentAfter)
            {
                return Say($"heard it {(here.Ran - heard).TotalMilliseconds:0} ms ago itself");
            }
        }

        foreach (var (other, (at, vector)) in here.Told)
        {
            // Older ones stand for a peer that is not heard either.
            if (other == victim || here.Ran - at > options.HeartbeatEvery + Hearing.Blur)
            {
                continue;
            }

            foreach (var said in vector)
            {
                if (said.Node == victim && said.AgoMs >= 0 && said.AgoMs < silentAfter.TotalMilliseconds)
                {
                    return Say($"{other} heard it {said.AgoMs} ms before it last said so");
                }
            }
        }

        return null;
    }

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
