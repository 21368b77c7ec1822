namespace ClusterRas.Simulator.Oracles;

/// <summary>Watches one promise of the design. Sees inputs, effects, disks and kernels, never a machine's inside.</summary>
internal interface IOracle
{
    /// <summary>The promise, as the design names it.</summary>
    string Name { get; }

    /// <summary>Sees also what is of beats, as far as it is taken or decided; whoever does not need that costs a sweep nothing.</summary>
    bool SeesBeats => false;

    /// <summary>Takes one sighting, which the chronicle has already taken.</summary>
    /// <returns>How the promise was broken; null: it was not.</returns>
    string? See(Sighting sighting, Chronicle chronicle);
}
