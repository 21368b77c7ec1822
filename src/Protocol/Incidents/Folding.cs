using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Where a word belongs.</summary>
internal abstract record FoldDecision
{
    private FoldDecision() { }

    /// <summary>Nobody in the topology (F5).</summary>
    public sealed record UnknownVictim : FoldDecision;

    /// <summary>The book has this very word.</summary>
    public sealed record Known(Incident Incident) : FoldDecision;

    /// <summary>One more word on this claim, open or closed (F4).</summary>
    public sealed record Into(Incident Incident) : FoldDecision;

    /// <summary>A claim of its own.</summary>
    public sealed record New(NodeId Victim, Life Life, int Claim) : FoldDecision;
}

/// <summary>The folding rules F1 to F5 (protocol.md 2). Used by the master when it appends, and by nobody later.</summary>
internal static class Folding
{
    /// <summary>Clocks of kernels and the way to the master differ by this much at most.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>A UVB sender with many dead peers resends this late (1.2 s for each of up to 32).</summary>
    private static readonly TimeSpan UvbSlack = TimeSpan.FromSeconds(40);

    /// <param name="book">Everything appended so far, committed or not.</param>
    public static FoldDecision Decide(IncidentBook book, Report report, Topology topology, ProtocolOptions options)
    {
        var words = report.Words;
        if (book.FindByReport(words.Id) is { } known)
        {
            return new FoldDecision.Known(known);
        }

        if (Victim(words, topology) is not { } victim)
        {
            return new FoldDecision.UnknownVictim();
        }

        var lives = book.Lives.GetValueOrDefault(victim);
        if (!words.Kind.IsFatal())
        {
            // Local events are named by their own node: another id is another event.
            return new FoldDecision.New(victim, lives?.Current ?? default, 0);
        }

        var life = LifeOf(book, report, victim, lives);
        return LastClaim(book, victim, life) switch
        {
            null => new FoldDecision.New(victim, life, 0),
            var claim when BelongsTo(claim, report, options) => new FoldDecision.Into(claim),
            // The last claim was survived; an earlier one may stand yet, as a reboot's does for longer than a panic's (S6).
            var claim when IsArmed(words) && LastClaim(book, victim, life, standing: true) is { } earlier =>
                new FoldDecision.Into(earlier),
            var claim => new FoldDecision.New(victim, life, claim.Claim + 1),
        };
    }

    /// <summary>The node that the words are about; null: not in this topology.</summary>
    public static NodeId? Victim(Words words, Topology topology)
    {
        if (words.VictimNode is { } node)
        {
            return topology.FindNode(node)?.Id;
        }

        if (words.VictimEid is { } eid && topology.FindDie(eid) is { } die)
        {
            return die.Node.Id;
        }

        return words.VictimCna is { } cna ? topology.FindNode(cna)?.Id : null;
    }

    private static Life LifeOf(IncidentBook book, Report report, NodeId victim, NodeLives? lives)
    {
        var words = report.Words;
        if (lives is null)
        {
            return new Life(words.VictimBoot, words.Tag);
        }

        // F1: the boot id or the tag of a life that we know.
        if (words.VictimBoot != default)
        {
            if (words.VictimBoot == lives.Current.Boot)
            {
                return lives.Current;
            }

            if (lives.Previous is { } before && words.VictimBoot == before.Boot)
            {
                return before;
            }

            return new Life(words.VictimBoot, words.Tag);
        }

        if (words.Tag != 0)
        {
            if (words.Tag == lives.Current.Tag)
            {
                return lives.Current;
            }

            // F2 for any other tag: a life that has not registered yet.
            return lives.Previous is { } before && words.Tag == before.Tag ? before : new Life(default, words.Tag);
        }

        // F3: no tag; older than the present life's registration means the life before.
        if (lives.Previous is not { } previous)
        {
            return lives.Current;
        }

        // A word that is at least so old may be about either life: it goes where a claim already is.
        var isOlder =
            report.RaisedAt < lives.JoinedAt
            || (
                report.AgeIsAtLeast
                && LastClaim(book, victim, lives.Current) is null
                && LastClaim(book, victim, previous) is not null
            );
        return isOlder ? previous : lives.Current;
    }

    /// <param name="standing">Only of those that the life has not survived.</param>
    private static Incident? LastClaim(IncidentBook book, NodeId victim, Life life, bool standing = false)
    {
        Incident? last = null;
        foreach (var incident in book.Incidents.Values)
        {
            if (
                incident.Victim == victim
                && incident.Kind.IsFatal()
                && SameLife(incident.Life, life)
                && !(standing && IsSurvived(incident))
            )
            {
                last = incident;
            }
        }

        return last;
    }

    private static bool SameLife(Life left, Life right) =>
        left.Boot == default || right.Boot == default ? left.Tag == right.Tag : left == right;

    private static bool IsSurvived(Incident claim) =>
        claim.Closed is CloseReason.Cancelled or CloseReason.Contradicted or CloseReason.HeardAgain;

    /// <summary>The words say which life they are about.</summary>
    private static bool IsArmed(Words words) => words.Tag != 0 || words.VictimBoot != default;

    private static bool BelongsTo(Incident claim, Report report, ProtocolOptions options)
    {
        if (
            !IsSurvived(claim)
            && (
                IsArmed(report.Words)
                || report.AgeIsAtLeast
                || claim.Closed == CloseReason.Rebooted
                || claim.Reports.Count == 0
            )
        )
        {
            // An armed life ends once: whatever is said of it belongs to its one claim (S6). A life that is over takes
            // later words as evidence (F4). And what was declared silent becomes one with the words that say why.
            // Of a word that its witness kept through a reboot of its own nobody knows the age, only a least one.
            return true;
        }

        if (claim.Reports.Count == 0)
        {
            // A silence that was refuted: nobody had said anything that could be said again, so these words are news.
            return false;
        }

        // The claim's own window says how long its victim may repeat itself, not the newcomer's.
        var claimed = claim.Reports.Count > 0 ? claim.Reports[0].Words.WindowMs : null;
        var window = claimed is { } ms ? TimeSpan.FromMilliseconds(ms) : options.WindowDefault;
        var until = claim.ClaimedAt + window + Slack;
        if (options.UvbEnabled)
        {
            until += UvbSlack;
        }

        return report.RaisedAt <= until;
    }
}
