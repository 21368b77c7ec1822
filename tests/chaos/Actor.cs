namespace ClusterRas.Chaos;

/// <summary>A part in a scenario; who plays it is drawn for each trial.</summary>
internal enum Actor
{
    /// <summary>Whoever is master when the trial begins.</summary>
    Master,

    /// <summary>The first whose kernel is told, never the master.</summary>
    Witness,

    /// <summary>The second whose kernel is told; anybody, the master too where the scenario does not keep it apart.</summary>
    Second,

    /// <summary>Who panics, unless the scenario says that it is the master.</summary>
    Victim,

    /// <summary>Somebody without another part.</summary>
    Bystander,
}
