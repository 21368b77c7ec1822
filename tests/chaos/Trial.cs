using System.Diagnostics;

namespace ClusterRas.Chaos;

/// <summary>One direction of a link that was cut and is whole again.</summary>
/// <param name="Heard">From the mend to the first heartbeat; cancelled when it is cut again or an end of it goes down before.</param>
internal sealed record Relink(int From, int To, int Die, Task<TimeSpan> Heard);

/// <summary>One play of a scenario. Instants are on <see cref="Stopwatch"/>'s clock; 0: did not happen.</summary>
internal sealed class Trial(string scenario, int number)
{
    public string Scenario { get; } = scenario;

    public int Number { get; } = number;

    /// <summary>Who played what, for people.</summary>
    public string Cast { get; set; } = "";

    /// <summary>The later of the last heartbeats of the two directions of the link that was cut.</summary>
    public long LastBeatAt { get; set; }

    /// <summary>Before the switch was told to cut, and when it had.</summary>
    public (long From, long Done) Cut { get; set; }

    /// <summary>When the last kernel was told.</summary>
    public long PanicAt { get; set; }

    /// <summary>When the next heartbeat of the link was due.</summary>
    public long NextDueAt { get; set; }

    /// <summary>When all was whole again.</summary>
    public long MendedAt { get; set; }

    /// <summary>Frames that the cut has dropped.</summary>
    public long Dropped { get; set; }

    /// <summary>What the relays of slow rails have done, one entry for each.</summary>
    public List<RelayTally> Relays { get; } = [];

    /// <summary>The planted fault; null: all was mended, as it should be.</summary>
    public KeptCut? Kept { get; set; }

    /// <summary>Why it says nothing; empty: it counts.</summary>
    public string NotCounted { get; set; } = "";

    /// <summary>From the old master's end to the new one as somebody shows it.</summary>
    public TimeSpan? Succession { get; set; }

    /// <summary>From the mend until the whole cluster agreed again.</summary>
    public TimeSpan? Settled { get; set; }

    /// <summary>The longest time in which the machine let this program not run, meanwhile.</summary>
    public TimeSpan MachinePause { get; set; }

    /// <summary>Late, while the machine stood still for longer than L1 bears: told, not failed.</summary>
    public List<Finding> Excused { get; } = [];

    public List<Word> Words { get; } = [];

    /// <summary>Each direction that was cut and whose ends run.</summary>
    public List<Relink> Relinks { get; } = [];

    public List<Finding> Findings { get; } = [];
}
