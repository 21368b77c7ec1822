using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What the core knows, in the words of the public services.</summary>
/// <param name="tellWire">Which wire carries a link, and why no better one; null: there is one wire only.</param>
internal sealed class StatusView(CurrentMap map, string version, Func<LinkId, string>? tellWire = null)
{
    /// <summary>The name of a node, also if only an earlier map had it; its number where none has.</summary>
    public string Name(NodeId node) => map.Name(node);

    /// <summary>Everything but the incidents.</summary>
    public V1.Status Of(NodeStatus status)
    {
        var view = new V1.Status
        {
            Node = (uint)status.Node.Value,
            NodeName = Name(status.Node),
            Cluster = status.Cluster.IsNone ? "" : status.Cluster.Value.ToString("x32", CultureInfo.InvariantCulture),
            Life = Of(status.Life),
            Role = (V1.Role)((int)status.Role + 1),
            Master = new V1.MasterView { Term = (ulong)status.Term.Value },
            CommitIndex = (ulong)status.CommitIndex.Value,
            Storage = status.StorageStalled is null ? V1.StorageCondition.Sound : V1.StorageCondition.Stalled,
            StorageReason = status.StorageStalled ?? "",
            TopologyDigest = status.Map.Topology.Digest.ToString(),
            MapVersion = (ulong)status.Map.Version,
            MapFile = (V1.MapFile)((int)status.File + 1),
            Version = version,
            OutboxCount = (uint)status.Outbox,
            OutReason = status.Out ?? "",
        };
        if (status.Master is { } master)
        {
            view.Master.Node = (uint)master.Value;
        }

        if (status.Book.Group is { Newest: { } newest, Change: { } change })
        {
            view.Group = new V1.GroupView
            {
                LogIndex = (ulong)newest.Index.Value,
                Cause = (V1.GroupCause)change.Cause,
                Node = (uint)change.Changed.Node.Value,
                NodeName = Name(change.Changed.Node),
                Seated = change.IsAddition,
            };
            if (change.Incident is { } incident)
            {
                view.Group.Incident = (ulong)incident.Index.Value;
            }
        }

        if (status.MasterHeardAgo is { } age)
        {
            view.AgeMs = Ms(age);
        }

        view.Members.AddRange(status.Map.Topology.Nodes.Select(node => Member(status, node)));
        view.Links.AddRange(status.Links.Select(Link));
        view.Handlers.AddRange(status.Book.Handlers.Values.Select(known => Handler(status, known.Handler)));
        return view;
    }

    /// <summary>One incident with all that is stored of it.</summary>
    public V1.Incident Of(Incident incident)
    {
        var view = new V1.Incident
        {
            Id = (ulong)incident.Id.Index.Value,
            Victim = (uint)incident.Victim.Value,
            VictimNodeName = Name(incident.Victim),
            Life = Of(incident.Life),
            Claim = (uint)incident.Claim,
            Kind = (V1.EventKind)incident.Kind,
            State = incident.IsOpen ? V1.IncidentState.Open : V1.IncidentState.Closed,
            CloseReason = (V1.CloseReason)(incident.Closed ?? 0),
            ClosedBy = incident.ClosedBy,
            ClosedIndex = (ulong)(incident.ClosedAt?.Value ?? 0),
            Verdict = (V1.Verdict)incident.Verdict,
            Result = incident.Result,
            OpenedTerm = (ulong)incident.OpenedIn.Value,
            Silent = incident.FellSilent || incident.Kind == EventKind.Silent,
            Drill = incident.Reports.Exists(report => report.Words.Id.Door == ReportDoor.Drill),
            ReportCount = (uint)incident.Reports.Count,
            ReleaseCount = (uint)incident.Releases.Count,
            AckedCount = (uint)incident.Releases.Count(release => release.Outcome == ReleaseOutcome.Acked),
            OpenedUnixMs = (ulong)WallClock(incident.ClaimedAt).ToUnixTimeMilliseconds(),
        };
        view.Reports.AddRange(incident.Reports.Select(Report));
        view.Handlers.AddRange(incident.Handlers.Select(handler => handler.Name));
        view.HandlerResults.AddRange(
            incident.Results.Select(result => new V1.HandlerResult
            {
                Handler = result.Handler,
                Outcome = (V1.HandlerOutcome)result.Outcome,
                Result = result.Result,
                Message = result.Message,
            })
        );
        view.Releases.AddRange(incident.Releases.Select(Release));
        view.Notices.AddRange(
            incident
                .Notices.GroupBy(notice => (notice.Channel, notice.Moment))
                .Select(group => group.Last())
                .Select(notice => new V1.NoticeView
                {
                    Channel = notice.Channel,
                    Moment = (V1.NoticeMoment)notice.Moment,
                    Stage = (V1.NoticeStage)notice.Stage,
                    Attempt = (uint)notice.Attempt,
                    ByNodeName = Name(notice.By),
                    Detail = notice.Detail,
                })
        );
        view.Silence = incident.Silence is { } silence ? Silence(silence) : null;
        return view;
    }

    private V1.SilenceView Silence(SilenceRecord silence)
    {
        var view = new V1.SilenceView { LogIndex = (ulong)silence.Index.Value };
        view.AskedNodeNames.AddRange(silence.Asked.Select(Name));
        foreach (var sight in silence.Sights)
        {
            var one = new V1.SightView
            {
                By = (uint)sight.By.Value,
                ByNodeName = Name(sight.By),
                Die = (uint)sight.Die.Value,
                Refused = sight.Refused,
            };
            if (sight.AgoMs is { } agoMs)
            {
                one.AgoMs = (ulong)agoMs;
            }

            view.Sights.Add(one);
        }

        return view;
    }

    /// <summary>For people only: the wall clock decides nothing.</summary>
    private static DateTimeOffset WallClock(Instant at) => DateTimeOffset.UtcNow - (MonotonicClock.Now - at);

    private V1.MemberView Member(NodeStatus status, TopologyNode node)
    {
        var member = new V1.MemberView
        {
            Node = (uint)node.Id.Value,
            NodeName = node.Name,
            Health = (V1.Health)((int)status.Health[status.Map.Topology.Nodes.IndexOf(node)] + 1),
            Voter = status.Voters.Any(voter => voter.Node == node.Id),
            Draining = status.Book.Group.IsStopping(node.Id),
        };
        if (node.Id == status.Node)
        {
            member.MapVersion = (ulong)status.Map.Version;
            member.Version = version;
        }

        foreach (var heard in status.Map.Peers)
        {
            if (heard.Node == node.Id)
            {
                member.MapVersion = (ulong)heard.Version;
            }
        }

        foreach (var program in status.Programs)
        {
            if (program.Node == node.Id)
            {
                member.Version = program.Version;
            }
        }

        if (status.Book.Lives.TryGetValue(node.Id, out var lives))
        {
            member.Life = Of(lives.Current);
        }

        if (status.Book.OpenFatal(node.Id) is { } open)
        {
            member.OpenIncident = (ulong)open.Id.Index.Value;
        }

        foreach (var link in status.Links.Where(link => link.Link.Peer == node.Id))
        {
            var rail = new V1.RailView { Die = (uint)link.Link.Die.Value, Refused = link.IsRefused };
            if (link.HeardAgo is { } ago)
            {
                rail.HeardAgoMs = Ms(ago);
            }

            member.Rails.Add(rail);
        }

        return member;
    }

    private V1.LinkView Link(LinkStatus link)
    {
        var view = new V1.LinkView
        {
            Peer = (uint)link.Link.Peer.Value,
            Die = (uint)link.Link.Die.Value,
            Transport = (V1.TransportKind)((int)link.Link.Transport + 1),
            Condition = link.Refusal.Length > 0 ? V1.LinkCondition.Refused : (V1.LinkCondition)((int)link.State + 1),
            Reason = link.Refusal,
            LossPermille = (uint)link.LossPermille,
            Wire = tellWire?.Invoke(link.Link) ?? "",
        };
        if (link.RoundTrip is { } trip)
        {
            view.RttUs = (ulong)trip.TotalMicroseconds;
        }

        if (link.Jitter is { } jitter)
        {
            view.JitterUs = (ulong)jitter.TotalMicroseconds;
        }

        return view;
    }

    private static V1.HandlerView Handler(NodeStatus status, HandlerDeclaration handler)
    {
        var view = new V1.HandlerView { Declaration = Declaration(handler) };
        if (status.HandlersHere.Contains(handler.Name))
        {
            view.ConnectedAtNodes.Add((uint)status.Node.Value);
        }

        return view;
    }

    private static V1.HandlerDeclaration Declaration(HandlerDeclaration handler)
    {
        var view = new V1.HandlerDeclaration
        {
            Name = handler.Name,
            DeadlineMs = Ms(handler.Deadline),
            Required = handler.Required,
            Idempotent = handler.Idempotent,
            NeedsSilence = handler.NeedsSilence,
        };
        view.Kinds.AddRange(handler.Kinds.Select(kind => (V1.EventKind)kind));
        return view;
    }

    private V1.ReportView Report(Evidence evidence)
    {
        var words = evidence.Words;
        var view = new V1.ReportView
        {
            Witness = (uint)words.Id.Witness.Value,
            WitnessNodeName = Name(words.Id.Witness),
            Kind = (V1.EventKind)words.Kind,
            Door = (V1.ReportDoor)words.Id.Door,
            AgeMs = (ulong)evidence.AgeMs,
            LogIndex = (ulong)evidence.Index.Value,
        };
        if (evidence.LeftMs is { } left)
        {
            view.LeftMs = (ulong)left;
        }

        if (words.WindowMs is { } window)
        {
            view.WindowMs = (ulong)window;
        }

        DetailView.Write(words.Detail, view);
        return view;
    }

    private V1.ReleaseView Release(ReleaseRecord release)
    {
        var view = new V1.ReleaseView
        {
            Witness = (uint)release.Report.Witness.Value,
            WitnessNodeName = Name(release.Report.Witness),
            Kind = (V1.EventKind)release.Report.Kind,
            Verdict = (V1.Verdict)release.Verdict,
            Outcome = (V1.ReleaseOutcome)release.Outcome,
            LogIndex = (ulong)release.Index.Value,
        };
        if (release.LeftMs is { } left)
        {
            view.LeftMs = (ulong)left;
        }

        return view;
    }

    private static V1.LifeView Of(Life life) =>
        new()
        {
            Boot = life.Boot == default ? "" : life.Boot.Value.ToString("x32", CultureInfo.InvariantCulture),
            Tag = (uint)life.Tag,
        };

    private static ulong Ms(TimeSpan span) => (ulong)Math.Max(0, span.TotalMilliseconds);
}
