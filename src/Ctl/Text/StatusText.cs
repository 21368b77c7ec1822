using ClusterRas.Ctl.Asking;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Text;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    public static void Write(Page page, ReachedNode asked, bool withLinks)
    {
        var status = asked.Status;
        var names = new NodeNames(status);
        var cluster = status.Cluster.Length > 0 ? status.Cluster : "none known yet";
        page.Line($"cluster  {Printable.Of(cluster)}");
        WriteMaster(page, status, names);
        page.Line($"asked    {asked.Title}: {SelfOf(status)}");
        page.Line(
            status.HasAgeMs
                ? $"answer   {Spans.OfMs(status.AgeMs)} old"
                : "answer   of unknown age: this node has not heard of a master yet",
            status.HasAgeMs ? Tone.Plain : Tone.Uneasy
        );
        if (status.TopologyDigest.Length > 0)
        {
            WriteMap(page, status);
        }

        WriteVersions(page, status);

        if (status.Storage != StorageCondition.Sound)
        {
            var reason = status.StorageReason.Length > 0 ? $": {Printable.Of(status.StorageReason)}" : "";
            page.Line($"storage  {Words.Plain(Words.Of(status.Storage))}{reason}", Tone.Bad);
        }

        if (status.OutReason.Length > 0)
        {
            page.Line($"out      {Printable.Of(status.OutReason)}", Tone.Bad);
        }

        if (status.Group is { } group)
        {
            page.Line($"group    {GroupOf(group, names)}");
        }

        if (status.OutboxCount > 0)
        {
            page.Line($"outbox   {status.OutboxCount} words wait here for an answer", Tone.Uneasy);
        }

        page.Line();
        page.Table(MembersOf(status, names));
        if (status.Handlers.Count > 0)
        {
            page.Line();
            page.Table(HandlersOf(status, names));
        }

        if (withLinks)
        {
            page.Line();
            page.Table(LinksOf(status, names));
        }
    }

    // A single lost beat is ordinary, and says nothing.
    private static string LossOf(LinkView link) =>
        link.LossPermille < LossShownPermille
            ? ""
            : $"{(link.Reason.Length > 0 ? "; " : "")}{link.LossPermille / 10} % of heartbeats are lost";

    /// <summary>Green, yellow or red.</summary>
    public static Tone ToneOf(Health health) =>
        health switch
        {
            Health.Up => Tone.Good,
            Health.Degraded => Tone.Uneasy,
            Health.AgentDown or Health.Unheard => Tone.Bad,
            _ => Tone.Quiet,
        };

    private static void WriteMaster(Page page, Status status, NodeNames names)
    {
        if (names.Of(status.Master) is { } master)
        {
            page.Line($"master   {Printable.Of(master)}, term {status.Master.Term}");
        }
        else
        {
            page.Line($"master   nobody known, term {status.Master?.Term ?? 0}", Tone.Bad);
        }
    }

    private static void WriteMap(Page page, Status status)
    {
        var digest = Printable.Of(status.TopologyDigest);
        var others = status.Members.Where(member =>
            member.HasMapVersion
            && member.HasNode
            && member.Node != status.Node
            && member.MapVersion != status.MapVersion
        );
        var lag = string.Join(
            ", ",
            others
                .GroupBy(member => member.MapVersion)
                .Select(same =>
                    $"{string.Join(", ", same.Select(member => Printable.Of(member.NodeName)))} with version {same.Key}"
                )
        );
        var file = status.MapFile switch
        {
            MapFile.Outdated => "; its file is an earlier one",
            MapFile.Unknown => "; its file is none that the ledger knows",
            MapFile.Removed => "; that is its file: the ledger's map has this node no more",
            MapFile.Leaving => "; it has this node no more, which has still a seat",
            _ => "",
        };
        page.Line(
            $"map      version {status.MapVersion}, {digest[..Math.Min(12, digest.Length)]}{file}{(lag.Length > 0 ? $"; {lag}" : "")}",
            lag.Length > 0 ? Tone.Uneasy : Tone.Plain
        );
    }

    /// <summary>Nothing is said where all that are heard run the same.</summary>
    private static void WriteVersions(Page page, Status status)
    {
        var others = status
            .Members.Where(member =>
                member.HasVersion
                && member.Node != status.Node
                && member.Health is Health.Up or Health.Degraded
                && member.Version != status.Version
            )
            .GroupBy(member => member.Version)
            .Select(same =>
                $"{string.Join(", ", same.Select(member => Printable.Of(member.NodeName)))} "
                + (same.Key.Length > 0 ? $"with {Printable.Of(same.Key)}" : "with one that is too old to tell")
            )
            .ToList();
        if (others.Count > 0)
        {
            page.Line(
                $"rasd     {string.Join(", ", others)}; {Printable.Of(status.NodeName)}, which says so, with {Printable.Of(status.Version)}",
                Tone.Uneasy
            );
        }
    }

    private static string GroupOf(GroupView group, NodeNames names)
    {
        var step = group.Seated ? "was given a seat" : "lost its seat";
        var why = group.Cause == GroupCause.Seated ? "" : $", {Words.Plain(Words.Of(group.Cause))}";
        var incident = group.HasIncident ? $", incident {group.Incident}" : "";
        return $"{Printable.Of(names.Of(group.Node, group.NodeName))} {step}{why}{incident} (entry {group.LogIndex})";
    }

    private static string SelfOf(Status status)
    {
        var life = status.Life is { Tag: > 0 } known ? $", life {known.Tag}" : "";
        var storage = Words.Plain(Words.Of(status.Storage));
        var role = Words.Plain(Words.Of(status.Role));
        var version = Printable.Of(status.Version);
        return $"{role}{life}, commit index {status.CommitIndex}, storage {storage}, rasd {version}";
    }

    private static Sheet MembersOf(Status status, NodeNames names)
    {
        var sheet = new Sheet("NODE", "HEALTH", "HEARD AGO", "LIFE", "VOTER", "INCIDENT");
        foreach (var member in status.Members)
        {
            sheet.Add(
                Printable.Of(names.Of(member.Node, member.NodeName)),
                new Cell(Words.Plain(Words.Of(member.Health)), ToneOf(member.Health)),
                string.Join(", ", member.Rails.Select(RailOf)),
                member.Life is { Tag: > 0 } life ? $"{life.Tag}" : "",
                SeatOf(member),
                member.HasOpenIncident ? new Cell($"{member.OpenIncident}", Tone.Bad) : ""
            );
        }

        return sheet;
    }

    private static Cell SeatOf(MemberView member) =>
        (member.Voter, member.Draining) switch
        {
            (true, true) => new Cell("draining", Tone.Uneasy),
            (false, true) => "drained",
            (true, false) => "yes",
            _ => "",
        };

    private static string RailOf(RailView rail)
    {
        var heard = rail.HasHeardAgoMs ? Spans.OfMs(rail.HeardAgoMs) : "never";
        return $"die{rail.Die} {heard}{(rail.Refused ? " refused" : "")}";
    }

    private static Sheet HandlersOf(Status status, NodeNames names)
    {
        var sheet = new Sheet("HANDLER", "KINDS", "DEADLINE", "REQUIRED", "CONNECTED AT");
        foreach (var handler in status.Handlers)
        {
            var declaration = handler.Declaration ?? new HandlerDeclaration();
            var nodes = string.Join(", ", handler.ConnectedAtNodes.Select(node => names.Of(node)));
            sheet.Add(
                Printable.Of(declaration.Name),
                string.Join(", ", declaration.Kinds.Select(kind => Words.Plain(Words.Of(kind)))),
                Spans.OfMs(declaration.DeadlineMs),
                declaration.Required ? "yes" : "",
                new Cell(nodes.Length > 0 ? Printable.Of(nodes) : "nowhere", nodes.Length > 0 ? Tone.Plain : Tone.Bad)
            );
        }

        return sheet;
    }

    private const uint LossShownPermille = 100;

    private static Sheet LinksOf(Status status, NodeNames names)
    {
        var sheet = new Sheet("PEER", "DIE", "TRANSPORT", "LINK", "ROUND TRIP", "REASON");
        foreach (var link in status.Links)
        {
            sheet.Add(
                Printable.Of(names.Of(link.Peer)),
                $"{link.Die}",
                link.Wire.Length > 0 ? Printable.Of(link.Wire) : Words.Plain(Words.Of(link.Transport)),
                new Cell(Words.Plain(Words.Of(link.Condition)), ToneOf(link.Condition)),
                link.HasRttUs ? Spans.OfUs(link.RttUs) : "",
                Printable.Of(link.Reason) + LossOf(link)
            );
        }

        return sheet;
    }

    /// <summary>Green, yellow or red.</summary>
    public static Tone ToneOf(LinkCondition condition) =>
        condition switch
        {
            LinkCondition.Up => Tone.Good,
            LinkCondition.Opening or LinkCondition.Suspect => Tone.Uneasy,
            LinkCondition.Down or LinkCondition.Refused => Tone.Bad,
            _ => Tone.Quiet,
        };
}
