using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A node's lives as the log knows them.</summary>
/// <param name="Current">The life it is in.</param>
/// <param name="Previous">The one before; null: none known.</param>
/// <param name="JoinedAt">When this process saw the current life registered. Local.</param>
/// <param name="CurrentIndex">The entry that registered it.</param>
/// <param name="PreviousIndex">The entry of the life before.</param>
public sealed record NodeLives(
    Life Current,
    Life? Previous,
    Instant JoinedAt,
    LogIndex CurrentIndex,
    LogIndex? PreviousIndex
);

/// <summary>The state that the log stands for: lives, incidents, handlers. Immutable; <see cref="Apply"/> gives the next.</summary>
/// <remarks>Every node folds the same entries in the same order to the same book. The instants in it are each node's own
/// and decide nothing but how a later word without a tag is folded by the master (F3).</remarks>
public sealed record IncidentBook
{
    /// <summary>The book of an empty log.</summary>
    public static readonly IncidentBook Empty = new();

    /// <summary>The cluster and its first group; null: the log is empty.</summary>
    public Entry? Founding { get; init; }

    /// <summary>What the log says about the control group.</summary>
    public GroupRecord Group { get; init; } = GroupRecord.Empty;

    /// <summary>What the log says about the cluster's map.</summary>
    public MapRecord Map { get; init; } = MapRecord.Empty;

    /// <summary>What operators did.</summary>
    public AuditRecord Audit { get; init; } = AuditRecord.Empty;

    /// <summary>To whom notices go, and what operators want none of.</summary>
    public NoticeRules NoticeRules { get; init; } = NoticeRules.Empty;

    /// <summary>The lives of all nodes that ever joined.</summary>
    public ImmutableSortedDictionary<NodeId, NodeLives> Lives { get; init; } =
        ImmutableSortedDictionary<NodeId, NodeLives>.Empty;

    /// <summary>All incidents that are retained, by id.</summary>
    public ImmutableSortedDictionary<IncidentId, Incident> Incidents { get; init; } =
        ImmutableSortedDictionary<IncidentId, Incident>.Empty;

    /// <summary>The open ones of <see cref="Incidents"/>, by victim; a victim that has none is not in it.</summary>
    public ImmutableSortedDictionary<NodeId, ImmutableSortedSet<IncidentId>> Open { get; private init; } =
        ImmutableSortedDictionary<NodeId, ImmutableSortedSet<IncidentId>>.Empty;

    /// <summary>Which incident a word was folded into.</summary>
    public ImmutableDictionary<ReportId, IncidentId> ByReport { get; init; } =
        ImmutableDictionary<ReportId, IncidentId>.Empty;

    /// <summary>The declared handlers, by name, each with its entry.</summary>
    public ImmutableSortedDictionary<string, (HandlerDeclaration Handler, LogIndex Index)> Handlers { get; init; } =
        ImmutableSortedDictionary.Create<string, (HandlerDeclaration, LogIndex)>(StringComparer.Ordinal);

    /// <summary>The book after one more entry, seen by this process at <paramref name="now"/>.</summary>
    public IncidentBook Apply(Entry entry, Instant now)
    {
        var next = Told(entry, now);
        var audit = Audit.Apply(entry);
        return ReferenceEquals(audit, Audit) ? next : next with { Audit = audit };
    }

    private IncidentBook Told(Entry entry, Instant now) =>
        entry.Payload switch
        {
            EntryPayload.Founded => Founding is null ? this with { Founding = entry } : this,
            EntryPayload.Joined joined => ApplyJoined(entry.Index, joined, now) with { Group = Group.Apply(entry) },
            EntryPayload.GroupChanged or EntryPayload.DiskLost or EntryPayload.StopPlanned or EntryPayload.Recovered =>
                this with
                {
                    Group = Group.Apply(entry),
                },
            EntryPayload.MapChanged => this with { Map = Map.Apply(entry) },
            EntryPayload.Opened opened => ApplyOpened(entry, opened, now),
            EntryPayload.Reported reported => ApplyReported(entry.Index, reported, now),
            EntryPayload.Answered answered => Change(
                answered.Incident,
                incident =>
                    incident.IsAnswered
                        ? incident
                        : incident with
                        {
                            IsAnswered = true,
                            Verdict = answered.Verdict,
                            Result = answered.Result,
                            Results = answered.Results,
                        }
            ),
            EntryPayload.Released released => Change(
                released.Incident,
                incident => ApplyReleased(incident, entry.Index, released)
            ),
            EntryPayload.FellSilent silent => Change(silent.Incident, incident => incident with { FellSilent = true }),
            EntryPayload.SilenceSeen seen => Change(
                seen.Incident,
                incident =>
                    incident.Silence is not null
                        ? incident
                        : incident with
                        {
                            Silence = new SilenceRecord(entry.Index, seen.Asked, seen.Sights),
                        }
            ),
            EntryPayload.Closed closed => Change(
                closed.Incident,
                incident => Close(incident, closed.Reason, closed.By, entry.Index)
            ),
            EntryPayload.HandlerDeclared declared => this with
            {
                Handlers = Handlers.SetItem(declared.Handler.Name, (declared.Handler, entry.Index)),
            },
            EntryPayload.HandlerDropped dropped => this with { Handlers = Handlers.Remove(dropped.Name) },
            EntryPayload.Notified notified => Change(
                notified.Incident,
                incident =>
                    incident.WhyNot(notified).Length > 0
                        ? incident
                        : incident with
                        {
                            Notices = [.. incident.Notices, NoticeRecord.Of(entry.Index, notified)],
                        }
            ),
            EntryPayload.ChannelDeclared or EntryPayload.Muted or EntryPayload.Unmuted => this with
            {
                NoticeRules = NoticeRules.Apply(entry),
            },
            _ => this,
        };

    /// <summary>The incident that holds this word; null: none.</summary>
    public Incident? FindByReport(ReportId report) =>
        ByReport.TryGetValue(report, out var id) ? Incidents.GetValueOrDefault(id) : null;

    /// <summary>The incidents that this entry, by which this book came from the one before, has closed; in order of their ids.</summary>
    public IEnumerable<Incident> ClosedBy(Entry entry, IncidentBook before)
    {
        IEnumerable<IncidentId> touched = entry.Payload switch
        {
            EntryPayload.Joined joined => before.Open.GetValueOrDefault(joined.Node) ?? [],
            EntryPayload.Opened => [new IncidentId(entry.Index)],
            EntryPayload.Released released => [released.Incident],
            EntryPayload.Closed closed => [closed.Incident],
            _ => [],
        };
        return touched.Select(Incidents.GetValueOrDefault).OfType<Incident>().Where(one => one.ClosedAt == entry.Index);
    }

    /// <summary>The open told-or-silent claim on a node's present life, the newest; null: none.</summary>
    public Incident? OpenFatal(NodeId victim)
    {
        if (Open.TryGetValue(victim, out var open))
        {
            for (var at = open.Count - 1; at >= 0; at--)
            {
                var incident = Incidents[open[at]];
                if (incident.Kind.IsFatal() || incident.IsTold)
                {
                    return incident;
                }
            }
        }

        return null;
    }

    /// <summary>The entries that a snapshot must keep so that replaying them gives this book again.</summary>
    /// <param name="closedMax">Newest closed incidents to keep.</param>
    public (IncidentBook Book, ImmutableHashSet<LogIndex> Retained) Retain(int closedMax)
    {
        var book = this;
        var surplus = Incidents.Values.Count(incident => !incident.IsOpen) - closedMax;
        foreach (var incident in Incidents.Values.Where(incident => !incident.IsOpen).Take(Math.Max(0, surplus)))
        {
            book = book with
            {
                Incidents = book.Incidents.Remove(incident.Id),
                ByReport = book.ByReport.RemoveRange(incident.Reports.Select(report => report.Words.Id)),
            };
        }

        var retained = ImmutableHashSet.CreateBuilder<LogIndex>();
        if (Founding is not null)
        {
            retained.Add(Founding.Index);
        }

        foreach (var lives in book.Lives.Values)
        {
            retained.Add(lives.CurrentIndex);
            if (lives.PreviousIndex is { } previous)
            {
                retained.Add(previous);
            }
        }

        // The registration that closed an incident is part of its story, however old it is.
        retained.UnionWith(
            book.Incidents.Values.Where(incident => incident.ClosedAt is not null)
                .Select(incident => incident.ClosedAt!.Value)
        );
        retained.UnionWith(book.Incidents.Values.SelectMany(incident => incident.StandsOn));
        retained.UnionWith(book.Group.Retained);
        if (book.Map.Newest is { } map)
        {
            retained.Add(map.Index);
        }

        retained.UnionWith(book.Audit.Acts.Select(act => act.Index));
        retained.UnionWith(book.Handlers.Values.Select(handler => handler.Index));
        retained.UnionWith(book.NoticeRules.Retained);
        return (book, retained.ToImmutable());
    }

    private IncidentBook ApplyJoined(LogIndex index, EntryPayload.Joined joined, Instant now)
    {
        var before = Lives.GetValueOrDefault(joined.Node);
        if (before?.Current == joined.Life)
        {
            return this;
        }

        var book = this with
        {
            Lives = Lives.SetItem(
                joined.Node,
                new NodeLives(joined.Life, before?.Current, now, index, before?.CurrentIndex)
            ),
        };
        foreach (var id in Open.GetValueOrDefault(joined.Node) ?? [])
        {
            var incident = Incidents[id];
            var isThisLife =
                incident.Life == joined.Life
                || (incident.Life.Boot == default && incident.Life.Tag != 0 && incident.Life.Tag == joined.Life.Tag);
            book = book.With(
                isThisLife ? Adopted(incident, joined.Life, index) : Close(incident, CloseReason.Rebooted, "", index)
            );
        }

        return book;
    }

    private static Incident Adopted(Incident incident, Life life, LogIndex registration) =>
        incident.Life == life
            ? incident
            : incident with
            {
                Life = life,
                StandsOn = [.. incident.StandsOn, registration],
            };

    private IncidentBook ApplyOpened(Entry entry, EntryPayload.Opened opened, Instant now)
    {
        var id = new IncidentId(entry.Index);
        var incident = new Incident
        {
            Id = id,
            OpenedIn = entry.Term,
            Victim = opened.Victim,
            Life = opened.Life,
            Claim = opened.Claim,
            Kind = opened.Kind,
            Handlers = opened.Handlers,
            ClaimedAt = now - TimeSpan.FromMilliseconds(opened.AgeMs),
            WindowEnds = opened.LeftMs is { } left ? now + TimeSpan.FromMilliseconds(left) : null,
        };
        if (opened.Words is not null)
        {
            incident = incident with
            {
                Reports = [new Evidence(entry.Index, opened.Words, opened.AgeMs, opened.LeftMs)],
            };
        }

        // Nobody decides anything about these: told, and over.
        if (opened.Kind is EventKind.OutOfMemory or EventKind.MemoryFault or EventKind.LinkChange)
        {
            incident = Close(incident, CloseReason.Noted, "", entry.Index);
        }
        else if (Lives.TryGetValue(opened.Victim, out var lives) && IsOver(lives, opened.Life))
        {
            // The word came after the victim was back: the registration that would close it lies before it in the log.
            // That is seen by this registration and the one before it, so both belong to its story.
            incident = Close(incident, CloseReason.Rebooted, "", entry.Index) with
            {
                StandsOn = lives.PreviousIndex is { } before ? [before, lives.CurrentIndex] : [lives.CurrentIndex],
            };
        }

        return With(incident) with
        {
            ByReport = opened.Words is null ? ByReport : ByReport.SetItem(opened.Words.Id, id),
        };
    }

    /// <summary>The life before the present one, or one that never registered: tags count up, so they tell which came first.</summary>
    private static bool IsOver(NodeLives lives, Life life) =>
        lives.Previous == life
        || (
            life.Boot == default
            && life.Tag != 0
            && lives.Current.Tag != 0
            && (lives.Current.Tag - life.Tag + Life.TagMax) % Life.TagMax is >= 1 and < Life.TagMax / 2
        );

    private IncidentBook ApplyReported(LogIndex index, EntryPayload.Reported reported, Instant now)
    {
        if (!Incidents.TryGetValue(reported.Incident, out var incident) || ByReport.ContainsKey(reported.Words.Id))
        {
            return this;
        }

        var next = incident with
        {
            Reports = incident.Reports.Add(new Evidence(index, reported.Words, reported.AgeMs, reported.LeftMs)),
        };
        if (incident.IsOpen)
        {
            Instant? ends = reported.LeftMs is { } left ? now + TimeSpan.FromMilliseconds(left) : null;
            next = next with
            {
                Kind = Grown(incident.Kind, reported.Words.Kind),
                WindowEnds =
                    incident.WindowEnds is { } known && ends is { } more
                        ? Instant.Min(known, more)
                        : ends ?? incident.WindowEnds,
            };
        }

        return With(next) with
        {
            ByReport = ByReport.SetItem(reported.Words.Id, incident.Id),
        };
    }

    private static Incident ApplyReleased(Incident incident, LogIndex index, EntryPayload.Released released)
    {
        if (incident.Releases.Exists(known => known.Report == released.Report && known.Outcome == released.Outcome))
        {
            return incident;
        }

        var next = incident with
        {
            Releases = incident.Releases.Add(
                new ReleaseRecord(index, released.Report, released.Verdict, released.Outcome, released.LeftMs)
            ),
        };

        // A power-off that was vetoed, or that nobody waits for any more, ends nothing.
        return next.Kind == EventKind.PowerOff && !next.IsTold ? Close(next, CloseReason.Noted, "", index) : next;
    }

    private static EventKind Grown(EventKind known, EventKind said) =>
        known.IsFatal() && said.IsFatal() && said > known ? said : known;

    private static Incident Close(Incident incident, CloseReason reason, string by, LogIndex at) =>
        incident.IsOpen ? incident with { Closed = reason, ClosedBy = by, ClosedAt = at } : incident;

    private IncidentBook Change(IncidentId id, Func<Incident, Incident> change) =>
        Incidents.TryGetValue(id, out var incident) ? With(change(incident)) : this;

    private IncidentBook With(Incident incident)
    {
        var known = Open.GetValueOrDefault(incident.Victim) ?? [];
        var open = incident.IsOpen ? known.Add(incident.Id) : known.Remove(incident.Id);
        return this with
        {
            Incidents = Incidents.SetItem(incident.Id, incident),
            Open =
                open == known ? Open
                : open.IsEmpty ? Open.Remove(incident.Victim)
                : Open.SetItem(incident.Victim, open),
        };
    }
}
