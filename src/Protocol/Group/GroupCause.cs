namespace ClusterRas.Protocol;

/// <summary>Why the control group has changed.</summary>
public enum GroupCause
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>A caught-up follower was given a seat (G4).</summary>
    Seated = 1,

    /// <summary>Its death was told, and it is silent (G3).</summary>
    Died = 2,

    /// <summary>The disk of its seat is gone, or went back (B4, B5).</summary>
    DiskLost = 3,

    /// <summary>An operator stops it (G5).</summary>
    Stopped = 4,

    /// <summary>The change before could not be committed: the former group again (G2).</summary>
    Undone = 5,
}
