using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>A promise was broken.</summary>
internal sealed record Violation(string Oracle, TimeSpan At, string Reason);

/// <summary>All oracles over one chronicle; the first violation stands.</summary>
internal sealed class Judges(Shape shape, params IOracle[] oracles)
{
    private readonly IOracle[] ofBeats = [.. oracles.Where(oracle => oracle.SeesBeats)];

    public Chronicle Chronicle { get; } = new(shape);

    /// <summary>Null: all promises were kept so far.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>One of each.</summary>
    /// <param name="options">What the nodes go by.</param>
    public static Judges Sworn(Shape shape, ProtocolOptions options)
    {
        var hearing = new Hearing(options);

        // L1 and L4 promise times under the default rhythms only.
        var isDefault = options.BeatEvery == new ProtocolOptions().BeatEvery;
        IOracle[] ofTime = isDefault ? [new PromptCommit(), new PromptSuccession()] : [];
        return new Judges(
            shape,
            [
                new DriverRules(),
                new OneMasterPerTerm(),
                new ElectionRules(),
                new NoMinorityActs(),
                new DurableAnswers(),
                new LogMatching(),
                new GroupRules(options),
                new OverdueChange(options),
                new ExactRelease(),
                new OneAnswer(),
                new OneIncident(),
                new OneSender(),
                new AckInTime(),
                new HeldBack(),
                new DistinctNames(),
                new FalseSilence(options, hearing),
                new OwnPauses(hearing),
                new Bounded(options),
                new RefusedMap(),
                new OneMap(),
                new Outsiders(),
                .. ofTime,
                new EveryRoadInUse(options),
                new OneViewAtTheEnd(options),
                new EveryWordEnds(),
            ]
        );
    }

    public void See(Sighting sighting)
    {
        if (!sighting.IsOfBeat)
        {
            Chronicle.Take(sighting);
            Ask(oracles, sighting);
        }
        else if (sighting is not Sighting.Done)
        {
            Ask(ofBeats, sighting);
        }
    }

    private void Ask(IOracle[] asked, Sighting sighting)
    {
        foreach (var oracle in asked)
        {
            if (Violation is null && oracle.See(sighting, Chronicle) is { } reason)
            {
                Violation = new Violation(oracle.Name, sighting.At, reason);
            }
        }
    }
}
