namespace ClusterRas.Simulator.Moments;

/// <summary>What a cluster is in the middle of, as it can be seen from outside. Several at a time.</summary>
[Flags]
internal enum Phase
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>No first entry is committed, or nobody has led yet.</summary>
    Founding = 1 << 0,

    /// <summary>A vote request has left lately, and nobody leads in its term.</summary>
    Electing = 1 << 1,

    /// <summary>There is a master and nothing of the other phases.</summary>
    Steady = 1 << 2,

    /// <summary>A word was caught and the master does not have it.</summary>
    WordOnItsWay = 1 << 3,

    /// <summary>The master has a word and it is not committed.</summary>
    ReceivedNotCommitted = 1 << 4,

    /// <summary>A word is committed and its waiter not yet let go.</summary>
    CommittedNotAcked = 1 << 5,

    /// <summary>A handler was started and has not answered.</summary>
    HandlersRun = 1 << 6,

    /// <summary>A node is being sent what others have long committed.</summary>
    CatchUp = 1 << 7,

    /// <summary>A node has started and not yet taken anything of a master.</summary>
    Rejoining = 1 << 8,

    /// <summary>A window is over within 250 ms, and its word was not let go.</summary>
    WindowEnding = 1 << 9,

    /// <summary>A change of the control group is appended and not committed.</summary>
    GroupChange = 1 << 10,
}
