namespace ClusterRas.Chaos;

/// <summary>One line of a scenario.</summary>
internal abstract record Step
{
    private Step() { }

    /// <summary>Waits for the gap between two heartbeats of the link between witness and master on the die that is cut next.</summary>
    public sealed record BetweenHeartbeats : Step;

    /// <summary>Frames between two nodes get lost at the switch.</summary>
    /// <param name="Die">Null: one die, drawn; -1: both.</param>
    /// <param name="IsOneWay">Only those from the first to the second.</param>
    public sealed record CutLink(Actor From, Actor To, int? Die, bool IsOneWay) : Step;

    /// <summary>All frames from and to a node on a rail get lost at the switch; nobody is told.</summary>
    public sealed record CutRail(Actor Whose, int? Die) : Step;

    /// <summary>The cable is pulled: both ends see it.</summary>
    public sealed record Unplug(Actor Whose, int? Die) : Step;

    /// <summary>A bridge goes down: a whole rail is gone for all.</summary>
    public sealed record BridgeDown(int Die) : Step;

    /// <summary>All frames from and to a node on a rail come later, in their order.</summary>
    /// <param name="For">At least.</param>
    /// <param name="Jitter">Up to so much more, drawn for each frame.</param>
    public sealed record Delay(Actor Whose, int? Die, TimeSpan For, TimeSpan Jitter) : Step;

    /// <summary>So much passes in each direction between a node and a rail.</summary>
    public sealed record Throttle(Actor Whose, int? Die, int BytesPerSecond) : Step;

    /// <summary>So many of 100 frames get lost, everywhere.</summary>
    public sealed record Lose(int Percent) : Step;

    /// <summary>Groups of so many nodes each, drawn, that do not reach each other on any rail.</summary>
    public sealed record Split(IReadOnlyList<int> Sizes) : Step;

    /// <summary>A rail of a node is cut and mended, time and again, while the next steps run.</summary>
    public sealed record Flap(Actor Whose, int? Die, int Times, TimeSpan Every) : Step;

    /// <summary>Nodes die, and two kernels are told of each.</summary>
    /// <param name="Count">How many at once; 1: the one with that part.</param>
    public sealed record Panic(Actor Who, int Count) : Step;

    /// <summary>Rasd gets SIGKILL without a word; its machine lives on.</summary>
    public sealed record KillRasd(Actor Who) : Step;

    /// <summary>Rasd stands still (SIGSTOP).</summary>
    public sealed record Pause(Actor Who) : Step;

    /// <summary>It goes on (SIGCONT).</summary>
    public sealed record GoOn(Actor Who) : Step;

    /// <summary>So many threads that want a core each, until the end of the trial.</summary>
    public sealed record Load(int Threads) : Step;

    /// <summary>Time passes.</summary>
    public sealed record Wait(TimeSpan For) : Step;

    /// <summary>Until each word whose witness reaches a majority has its ack, or its limit is over.</summary>
    public sealed record AwaitAcks : Step;

    /// <summary>Until those who are left have a new master.</summary>
    public sealed record AwaitMaster : Step;

    /// <summary>Everything that was cut is whole again.</summary>
    public sealed record Mend : Step;
}
