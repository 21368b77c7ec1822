using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S8: two events never have one id, and two boots of a node are never one life.</summary>
internal sealed class DistinctNames : IOracle
{
    private readonly Dictionary<ReportId, Words> words = [];
    private readonly HashSet<Life> lives = [];

    // A copy may have come on the other rail, and then names its victim by that rail's eid.
    private static Words Event(Words said) => said with { VictimEid = null };

    public string Name => "S8";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Took { Input: Input.Raised raised }:
                var said = raised.Report.Words;
                if (!words.TryGetValue(said.Id, out var before))
                {
                    words.Add(said.Id, said);
                }
                else if (Event(before) != Event(said))
                {
                    return $"{said.Id} is the id of {before} and of {said}";
                }

                return null;
            case Sighting.Booted booted:
                return lives.Add(booted.Life)
                    ? null
                    : $"{booted.Node} boots into the life {booted.Life}, which was there before";
            default:
                return null;
        }
    }
}
