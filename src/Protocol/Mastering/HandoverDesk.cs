using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>An operator has another node made master: first the wish is committed, then leadership moves (protocol.md 5).</summary>
/// <remarks>One at a time. The wish stands in the log whatever comes of it; the next term says what came.</remarks>
internal sealed class HandoverDesk(
    NodeId self,
    MapInForce map,
    ProtocolOptions options,
    Outlet outlet,
    RaftMachine raft
)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private EntryPayload.HandoverAsked? appended;
    private EntryPayload.HandoverAsked? running;
    private Instant giveUpAt;
    private Instant nextLook;
    private bool hasLeft;
    private (EntryPayload.HandoverAsked Wish, string Reason)? failed;

    /// <summary>The book with what this leader has appended.</summary>
    public required Func<IncidentBook> Appended { get; init; }

    public Instant NextWake => running is null ? Instant.Never : Instant.Min(giveUpAt, nextLook);

    /// <summary>A wish, for the first time or again.</summary>
    /// <returns>Why it is refused; empty: appended, or so already.</returns>
    public string OnWish(EntryPayload.HandoverAsked wish)
    {
        if (Appended().Audit.Find(wish) is not null)
        {
            return failed is { } ended && ended.Wish == wish ? ended.Reason : "";
        }

        if ((running ?? appended) is not null)
        {
            return "another handover is going on; try again in a second";
        }

        if (WhyNot(wish.To, isBegun: false) is { } reason)
        {
            return reason;
        }

        if (!raft.Propose(wish))
        {
            return "the master takes no entries now";
        }

        appended = wish;
        return "";
    }

    /// <summary>The wish is committed: leadership may move.</summary>
    public void Begin(EntryPayload.HandoverAsked wish)
    {
        (appended, running, hasLeft, failed) = (null, wish, false, null);
        giveUpAt = outlet.Now + options.ElectionTimeoutMin;
        Wake();
    }

    /// <summary>Moves it as soon as the successor has the whole log, and looks whether it went.</summary>
    public void Wake()
    {
        if (running is not { } wish)
        {
            return;
        }

        nextLook = outlet.Now + LookEvery;
        if (!hasLeft && raft.TransferAway(wish.To))
        {
            hasLeft = true;
            giveUpAt = outlet.Now + options.ElectionTimeoutMin;
        }
        else if (outlet.Now >= giveUpAt)
        {
            running = null;
            var reason = hasLeft
                ? $"nobody took over within {options.ElectionTimeoutMin.TotalMilliseconds} ms"
                : WhyNot(wish.To, isBegun: true) ?? "nobody could take over in time";
            failed = (wish, $"{reason}; {Name(self)} is still master");
        }
    }

    /// <summary>Another term: whatever was going on is over.</summary>
    public void Clear() => (appended, running, failed) = (null, null, null);

    private string? WhyNot(NodeId? to, bool isBegun)
    {
        if (to == self)
        {
            return $"{Name(self)} is master already";
        }

        var reasons = new List<string>();
        foreach (var voter in raft.Voters)
        {
            if (voter.Node == self || (to is not null && voter.Node != to))
            {
                continue;
            }

            if (WhyNot(voter, isBegun) is not { } reason)
            {
                return null;
            }

            reasons.Add($"{Name(voter.Node)} cannot take over: {reason}");
        }

        return reasons.Count > 0 ? string.Join("; ", reasons)
            : to is { } node ? $"{Name(node)} is not a voter; voters are {VoterNames()}"
            : $"there is no voter but {Name(self)}";
    }

    /// <summary>What is on its way to a voter's disk when the wish comes may arrive in time.</summary>
    private string? WhyNot(Voter voter, bool isBegun) =>
        !isBegun && raft.HasFsynced(voter.Node, raft.CommitIndex)
            ? raft.WhyNoSuccessor(voter, isCaughtUp: true)
            : raft.WhyNoSuccessor(voter);

    private string VoterNames() => string.Join(", ", raft.Voters.Select(voter => Name(voter.Node)));

    private string Name(NodeId node) => map.Name(node);
}
