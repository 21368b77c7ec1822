using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>One incident, as the committed log tells it.</summary>
internal sealed class IncidentStory(Entry entry, EntryPayload.Opened opened)
{
    public Entry Entry => entry;

    public EntryPayload.Opened Opened => opened;

    public IncidentId Id => new(entry.Index);

    /// <summary>The committed verdict of the handlers; null: none.</summary>
    public EntryPayload.Answered? Answered { get; set; }

    /// <summary>Why and where it ended; null: open.</summary>
    public (CloseReason Reason, LogIndex Index)? Closed { get; set; }
}

/// <summary>The committed entries of the cluster, each as it was first said to be committed.</summary>
internal sealed class CommittedLog
{
    private readonly List<(Entry? Entry, TimeSpan At)> entries = [];
    private readonly List<Entry> fresh = [];
    private readonly HashSet<Term> terms = [];
    private readonly Dictionary<IncidentId, HashSet<LogIndex>> evidence = [];
    private readonly Dictionary<IncidentId, IncidentStory> incidents = [];
    private readonly Dictionary<ReportId, (IncidentId Incident, LogIndex Index)> words = [];
    private readonly Dictionary<NodeId, (Life Current, Life? Previous)> lives = [];

    /// <summary>An entry of this term is committed.</summary>
    public bool HasTerm(Term term) => terms.Contains(term);

    /// <summary>Committed for the first time by the last sighting.</summary>
    public IReadOnlyList<Entry> Fresh => fresh;

    /// <summary>The highest committed index.</summary>
    public LogIndex Last => new(entries.Count);

    /// <summary>The voters as of the last committed entry; empty: not founded.</summary>
    public EquatableArray<Voter> Voters { get; private set; }

    public IReadOnlyCollection<IncidentStory> Incidents => incidents.Values;

    /// <summary>The committed entry at this index; null: none known.</summary>
    public Entry? Find(LogIndex index) =>
        index.Value > 0 && index.Value <= entries.Count ? entries[(int)index.Value - 1].Entry : null;

    /// <summary>The incident; null: none with this id is committed.</summary>
    public IncidentStory? Find(IncidentId incident) => incidents.GetValueOrDefault(incident);

    /// <summary>Where a word stands in the log; null: it is not committed.</summary>
    public (IncidentId Incident, LogIndex Index)? Find(ReportId word) =>
        words.TryGetValue(word, out var place) ? place : null;

    /// <summary>True if the incident stores the word, or is full and stands for words that it does not store.</summary>
    public bool Covers(ReportId word, IncidentId? incident) =>
        Find(word) is { } place ? place.Incident == incident : incident is { } id && Find(id) is not null && IsFull(id);

    /// <summary>It stores no more words; those that come are answered all the same.</summary>
    public bool IsFull(IncidentId incident) =>
        evidence.TryGetValue(incident, out var words) && words.Count >= Incident.EvidenceMax;

    /// <summary>A node appends these, which need not be committed: a master counts them when it says "full".</summary>
    public void TakeAppended(EquatableArray<Entry> appended)
    {
        foreach (var entry in appended)
        {
            if (entry.Payload is EntryPayload.Reported or EntryPayload.Opened { Words: not null })
            {
                var incident = (entry.Payload as EntryPayload.Reported)?.Incident ?? new IncidentId(entry.Index);
                if (!evidence.TryGetValue(incident, out var words))
                {
                    evidence.Add(incident, words = []);
                }

                words.Add(entry.Index);
            }
        }
    }

    /// <summary>The last index that was committed up to a time.</summary>
    public LogIndex LastAt(TimeSpan time)
    {
        var last = entries.Count;
        while (last > 0 && entries[last - 1].At > time)
        {
            last--;
        }

        return new LogIndex(last);
    }

    /// <summary>Committed entries from an index on.</summary>
    public IEnumerable<Entry> From(LogIndex index)
    {
        for (var i = Math.Max(1, index.Value); i <= entries.Count; i++)
        {
            if (entries[(int)i - 1].Entry is { } entry)
            {
                yield return entry;
            }
        }
    }

    public void BeginSighting() => fresh.Clear();

    public void Take(TimeSpan at, EquatableArray<Entry> committed)
    {
        foreach (var entry in committed)
        {
            while (entries.Count < entry.Index.Value)
            {
                entries.Add((null, at));
            }

            if (entries[(int)entry.Index.Value - 1].Entry is null)
            {
                entries[(int)entry.Index.Value - 1] = (entry, at);
                fresh.Add(entry);
                terms.Add(entry.Term);
                Fold(entry);
            }
        }
    }

    private void Fold(Entry entry)
    {
        switch (entry.Payload)
        {
            case EntryPayload.Founded founded:
                Voters = founded.Voters;
                break;
            case EntryPayload.GroupChanged changed:
                Voters = changed.Voters;
                break;
            case EntryPayload.Recovered recovered:
                Voters = [recovered.Survivor];
                break;
            case EntryPayload.Opened opened:
                var story = new IncidentStory(entry, opened);
                incidents.Add(story.Id, story);
                if (
                    lives.TryGetValue(opened.Victim, out var known)
                    && IsOver(opened.Life, known.Current, known.Previous)
                )
                {
                    // The word of it came after its victim was back: it is over as it begins.
                    story.Closed = (CloseReason.Rebooted, entry.Index);
                }

                if (opened.Words is { } first)
                {
                    words.TryAdd(first.Id, (story.Id, entry.Index));
                }

                break;
            case EntryPayload.Reported reported:
                words.TryAdd(reported.Words.Id, (reported.Incident, entry.Index));
                break;
            case EntryPayload.Answered answered when Find(answered.Incident) is { } of:
                of.Answered ??= answered;
                break;
            case EntryPayload.Joined joined:
                CloseEarlierLives(joined, entry.Index);
                lives[joined.Node] = (joined.Life, lives.TryGetValue(joined.Node, out var old) ? old.Current : null);
                break;
            case EntryPayload.Closed closed when Find(closed.Incident) is { } of:
                of.Closed ??= (closed.Reason, entry.Index);
                break;
            default:
                break;
        }
    }

    // Tags count boots, so the tag alone tells that a life lies back which never registered.
    private static bool IsOver(Life life, Life current, Life? previous) =>
        life == previous
        || (
            life.Boot == default
            && life.Tag != 0
            && current.Tag != 0
            && (current.Tag - life.Tag + Life.TagMax) % Life.TagMax is > 0 and < Life.TagMax / 2
        );

    // The next life of a victim ends its open incidents; one that was opened by tag before it registered is its own.
    private void CloseEarlierLives(EntryPayload.Joined joined, LogIndex index)
    {
        foreach (var story in incidents.Values.Where(s => s.Closed is null && s.Opened.Victim == joined.Node))
        {
            var life = story.Opened.Life;
            var isThis = life == joined.Life || (life.Boot == default && life.Tag != 0 && life.Tag == joined.Life.Tag);
            if (!isThis)
            {
                story.Closed = (CloseReason.Rebooted, index);
            }
        }
    }
}
