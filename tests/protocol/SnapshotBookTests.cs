using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Whatever a snapshot leaves out, the entries that it keeps tell the same story.</summary>
public sealed class SnapshotBookTests
{
    private static readonly NodeId Victim = new(0);
    private static readonly NodeId Witness = new(1);

    private long index;

    // Found by a simulated life (3 nodes, seed 103435944900): the registration by which the life was known to be over was left out, and the
    // incident looked open until the next one. A word that had come in between was answered Recorded in place of Closed.
    [Fact]
    public void Incident_OfALifeThatWasOver_IsClosedWhereItWasAlsoOutOfASnapshot()
    {
        var book = Replayed([
            Joined(1),
            Joined(2),
            Opened(LifeOf(1), 7),
            Reported(3, 8),
            Joined(3),
            Joined(4),
            Joined(5),
        ]);
        book.Incidents.Values.Single().ClosedAt.ShouldBe(new LogIndex(3));
    }

    [Fact]
    public void Incident_OfALifeThatRegisteredLater_HasThatLifeAlsoOutOfASnapshot()
    {
        var book = Replayed([
            Joined(1),
            Opened(new Life(default, 2), 7),
            Joined(2),
            Reported(2, 8),
            Joined(3),
            Joined(4),
            Joined(5),
        ]);
        book.Incidents.Values.Single().Life.ShouldBe(LifeOf(2));
    }

    [Fact]
    public void Incident_OfALifeKnownByItsTagAlone_IsClosedWhereItWasAlsoOutOfASnapshot()
    {
        var book = Replayed([Joined(5), Opened(new Life(default, 3), 7), Joined(6), Joined(7), Joined(8)]);
        book.Incidents.Values.Single().ClosedAt.ShouldBe(new LogIndex(2));
    }

    private static Life LifeOf(int tag) => new(new BootId((UInt128)(uint)tag), tag);

    /// <summary>The book of what a snapshot keeps of these entries; it must be the book of all of them.</summary>
    private static IncidentBook Replayed(Entry[] entries)
    {
        var whole = Of(entries);
        var (_, retained) = whole.Retain(100);
        var kept = Of([.. entries.Where(entry => retained.Contains(entry.Index) || IsOfAnIncident(entry))]);
        kept.Incidents.Values.ShouldBe(whole.Incidents.Values, new SameIncident());
        kept.Lives.ShouldBe(whole.Lives);
        return kept;
    }

    private static bool IsOfAnIncident(Entry entry) => entry.Payload is EntryPayload.Opened or EntryPayload.Reported;

    private static IncidentBook Of(Entry[] entries) =>
        entries.Aggregate(IncidentBook.Empty, (book, entry) => book.Apply(entry, Instant.Zero));

    private Entry Joined(int tag) => Next(new EntryPayload.Joined(Victim, LifeOf(tag), new DiskId(1)));

    private Entry Opened(Life life, ulong msgid) =>
        Next(new EntryPayload.Opened(Victim, life, 0, EventKind.Panic, WordsOf(life.Tag, msgid), 0, 1000, []));

    private Entry Reported(long incident, ulong msgid) =>
        Next(new EntryPayload.Reported(new IncidentId(new LogIndex(incident)), WordsOf(1, msgid), 0, 1000));

    private Entry Next(EntryPayload payload) => new(new LogIndex(++index), new Term(1), payload);

    private static Words WordsOf(int tag, ulong msgid) =>
        new(
            ReportId.ForDevice(Witness, new BootId(99), EventKind.Panic, msgid, 5),
            null,
            null,
            Victim,
            default,
            tag,
            Waiter.StockRemote,
            1000,
            null
        );

    private sealed class SameIncident : IEqualityComparer<Incident>
    {
        public bool Equals(Incident? x, Incident? y) => Shown(x) == Shown(y);

        public int GetHashCode(Incident one) => one.Id.GetHashCode();

        private static string Shown(Incident? one) =>
            $"{one?.Id} {one?.Life} {one?.Closed} {one?.ClosedAt} {string.Join(' ', one?.Reports.Select(report => report.Index) ?? [])}";
    }
}
