using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Detection;

/// <summary>One quiet cluster of which one node dies without a word, and when the others know it.</summary>
/// <param name="Committed">From the death to the first node that has it as committed; null: nobody ever did.</param>
/// <param name="KnownByAll">From the death to the last of the others; null: somebody never did.</param>
/// <param name="FalseAlarms">Nodes that were called silent and lived.</param>
/// <param name="NodeTime">All nodes' time together.</param>
internal sealed record DetectionTrial(
    TimeSpan? Committed,
    TimeSpan? KnownByAll,
    int FalseAlarms,
    TimeSpan NodeTime,
    Oracles.Violation? Violation
)
{
    private const ulong Salt = 0xde7e_c700_0000_0001;

    /// <summary>Plays one.</summary>
    public static DetectionTrial Play(ulong seed, int nodeCount, TimingProfile profile)
    {
        var chance = new Prng(seed ^ Salt);
        var shape = new Shape(nodeCount, Math.Min(5, nodeCount), 2, false);
        var victim = new NodeId((int)chance.Below(nodeCount));
        var silentAfter = TimeSpan.FromMilliseconds(profile.Tuning.SilentAfterMs);

        // Any moment of any rhythm: the death does not wait for a heartbeat.
        var diesAt = TimeSpan.FromSeconds(5) + (silentAfter * 5) + chance.Below(silentAfter);
        var end = diesAt + (silentAfter * 4) + TimeSpan.FromSeconds(2);
        var plan = new FaultPlan(
            seed,
            shape,
            [.. Enumerable.Range(0, nodeCount).Select(_ => chance.Below(TimeSpan.FromSeconds(1)))],
            default,
            TimeSpan.FromMicroseconds(30),
            TimeSpan.FromMicroseconds(1500),
            TimeSpan.FromMilliseconds(3),
            [],
            [new Fault.PowerCut(diesAt, victim, null)],
            end,
            end,
            null
        )
        {
            Profile = profile,
        };
        return Watch(plan, victim);
    }

    private static DetectionTrial Watch(FaultPlan plan, NodeId victim)
    {
        TimeSpan? death = null;
        var knownAt = new Dictionary<NodeId, TimeSpan>();
        var falsely = new HashSet<LogIndex>();
        using var cluster = new World.Cluster(plan, transcript: null, See);
        var violation = cluster.Run();
        var others = plan.Shape.NodeCount - 1;
        return new DetectionTrial(
            death is { } died && knownAt.Count > 0 ? knownAt.Values.Min() - died : null,
            death is { } at && knownAt.Count == others ? knownAt.Values.Max() - at : null,
            falsely.Count,
            cluster.Now * plan.Shape.NodeCount,
            violation
        );

        void See(Sighting sighting)
        {
            if (sighting is Sighting.Off && sighting.Node == victim)
            {
                death ??= sighting.At;
            }
            else if (sighting is Sighting.Decided { Effect: Effect.Committed committed })
            {
                foreach (var entry in committed.Entries)
                {
                    if (entry.Payload is not EntryPayload.Opened { Kind: EventKind.Silent } opened)
                    {
                        continue;
                    }

                    if (opened.Victim == victim && death is not null)
                    {
                        knownAt.TryAdd(sighting.Node, sighting.At);
                    }
                    else
                    {
                        falsely.Add(entry.Index);
                    }
                }
            }
        }
    }
}
