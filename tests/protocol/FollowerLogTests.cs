using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What a voter tells of its disk, what it takes for committed, and what a leader counts (S3; protocol.md 5).</summary>
public class FollowerLogTests
{
    private static LogIndex[] Told(VoterBed bed) =>
        [.. bed.Said<Message.AppendEntriesReply>().Where(reply => reply.Accepted).Select(reply => reply.Matched)];

    // Where the new leader has other entries at those places, these would be taken for them.
    [Fact]
    public void Entries_OfTheLeaderBefore_AreNeitherToldNorCommittedByTheBeatsOfTheNext()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(2, bed.Term));
        Told(bed).ShouldBe([bed.Beyond(2)]);
        bed.Leads(bed.Other, bed.Later(), bed.Beyond(2));
        Told(bed).ShouldBe([bed.Last.Index]);
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index);
        bed.Leads(bed.Other, bed.Later(), bed.Beyond(2), bed.More(2, bed.Later()));
        Told(bed).ShouldBe([bed.Beyond(2)]);
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(2));
        bed.Disk.Entries[^1].Term.ShouldBe(bed.Later());
    }

    [Fact]
    public void Write_OfAnEntryThatWasReplacedMeanwhile_IsNoneOfTheNewOne()
    {
        var bed = new VoterBed();
        bed.Cluster.Stall(bed.Self);
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(2, bed.Term));
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        var term = bed.Writes()[^1];
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index, bed.More(2, bed.Later()));
        bed.Wrote(term);
        Told(bed).ShouldAllBe(matched => matched == bed.Last.Index);
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        Told(bed).ShouldBe([bed.Last.Index]);
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        Told(bed)[^1].ShouldBe(bed.Beyond(2));
    }

    [Fact]
    public void Entry_ThatReplacesOneOnTheDisk_IsToldWhenItIsThere()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(2, bed.Term));
        Told(bed).ShouldBe([bed.Beyond(2)]);
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        bed.Cluster.Stall(bed.Self);
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index, bed.More(2, bed.Later()));
        Told(bed).ShouldBeEmpty();
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        Told(bed).ShouldBe([bed.Last.Index]);
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        Told(bed)[^1].ShouldBe(bed.Beyond(2));
    }

    // Neither what was on the disk before it nor what was on its way there is what the snapshot stands for.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Snapshot_OfAnotherLog_IsToldWhenItIsOnTheDisk(bool isOnItsWay)
    {
        var bed = new VoterBed();
        if (isOnItsWay)
        {
            bed.Cluster.Stall(bed.Self);
        }

        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(2, bed.Term));
        var before = bed.Writes()[^1];
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        var term = bed.Writes()[^1];
        bed.Cluster.Stall(bed.Self);
        var snapshot = new Snapshot(
            bed.Beyond(2),
            bed.Later(),
            [.. bed.Disk.Entries.TakeWhile(entry => entry.Index.CompareTo(bed.Last.Index) <= 0)]
        );
        bed.Comes(bed.Other, new Message.InstallSnapshot(bed.Later(), bed.DiskOf(bed.Other), snapshot, 9_000_000));
        bed.Wrote(isOnItsWay ? before : term);
        bed.Wrote(term);
        Told(bed).ShouldAllBe(matched => matched.CompareTo(bed.Last.Index) <= 0);
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        Told(bed)[^1].ShouldBe(bed.Beyond(2));
    }

    // Figure 8 of the Raft paper: another leader might still replace them.
    [Fact]
    public void Leader_CommitsEntriesOfAnEarlierTermOnlyWithOneOfItsOwn()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(2, bed.Term));
        bed.IsElected();
        Acknowledges(bed, bed.DiskOf(bed.Other), bed.Beyond(2));
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index);
        Acknowledges(bed, bed.DiskOf(bed.Other), bed.Beyond(3));
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(3));
    }

    [Fact]
    public void Leader_CountsNoCopyOnAnotherDiskThanTheSeats()
    {
        var bed = new VoterBed();
        bed.IsElected();
        Acknowledges(bed, new DiskId(77), bed.Beyond(1));
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index);
        Acknowledges(bed, bed.DiskOf(bed.Other), bed.Beyond(1));
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(1));
    }

    [Fact]
    public void Leader_CountsNoAcknowledgementOfAnEarlierTerm()
    {
        var bed = new VoterBed();
        bed.IsElected();
        bed.Comes(bed.Other, new Message.AppendEntriesReply(bed.Term, bed.DiskOf(bed.Other), true, bed.Beyond(1), 1));
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index);
    }

    // A follower alone has it: were the leader's own copy counted before it is on its disk, one disk would be a majority.
    [Fact]
    public void Leader_WhoseOwnDiskStandsStill_CountsItselfNot()
    {
        var bed = new VoterBed();
        bed.IsElected();
        Acknowledges(bed, bed.DiskOf(bed.Other), bed.Beyond(1));
        bed.Cluster.Stall(bed.Self);
        bed.Cluster.Give(bed.Self, new Input.Raised(bed.Cluster.Panic(bed.Master, bed.Self), new DeviceRef(0, 1)));
        bed.Cluster.Run(0.01);
        bed.Now.LastIndex.ShouldBe(bed.Beyond(2));
        Acknowledges(bed, bed.DiskOf(bed.Other), bed.Beyond(2));
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(1));
        bed.Cluster.Unstall(bed.Self);
        bed.Cluster.Run(0.01);
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(2));
    }

    private static void Acknowledges(VoterBed bed, DiskId disk, LogIndex upTo) =>
        bed.Comes(bed.Other, new Message.AppendEntriesReply(bed.Later(), disk, true, upTo, 1));

    [Fact]
    public void Leader_ThatIsOver_IsToldTheLaterTerm()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Other, bed.Later(), bed.Last.Index);
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(1, bed.Term));
        var reply = bed.Said<Message.AppendEntriesReply>().ShouldHaveSingleItem();
        (reply.Accepted, reply.Term).ShouldBe((false, bed.Later()));
        bed.Now.LastIndex.ShouldBe(bed.Last.Index);
        bed.Now.Master.ShouldBe(new NodeId(bed.Other));
    }

    // What was committed while the frame was on its way may stand in a snapshot by now, and its place is not to be looked up.
    [Fact]
    public void Frame_ThatBuildsOnWhatIsCommitted_IsTaken()
    {
        var bed = new VoterBed();
        var older = bed.Disk.Entries[^3];
        bed.Comes(
            bed.Master,
            new Message.AppendEntries(
                bed.Term,
                bed.DiskOf(bed.Master),
                older.Index,
                older.Term,
                bed.Beyond(1),
                5_000_000,
                [bed.Disk.Entries[^2], bed.Last, .. bed.More(1, bed.Term)]
            )
        );
        Told(bed).ShouldBe([bed.Beyond(1)]);
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(1));
    }

    // It is on its disk: were it not told, the leader would send all of it again and again.
    [Fact]
    public void Snapshot_OfEntriesOfATermThatIsOver_SaysTheirTerm()
    {
        var bed = new VoterBed(new ProtocolOptions { LogEntriesMax = 20 });
        var entries = bed.More(30, bed.Term);
        bed.Leads(bed.Other, bed.Later(), entries[^1].Index, entries);
        bed.Now.Term.ShouldBe(bed.Later());
        var snapshot = bed.Disk.State.Snapshot.ShouldNotBeNull();
        snapshot.LastIndex.ShouldBe(entries[^1].Index);
        snapshot.LastTerm.ShouldBe(bed.Term);
    }

    [Fact]
    public void Snapshot_ThatIsOlderThanTheLog_IsAnsweredWithWhatIsThere()
    {
        var bed = new VoterBed();
        var snapshot = new Snapshot(bed.Last.Index, bed.Last.Term, [.. bed.Disk.Entries]);
        bed.Comes(bed.Master, new Message.InstallSnapshot(bed.Term, bed.DiskOf(bed.Master), snapshot, 9_000_000));
        Told(bed).ShouldBe([bed.Last.Index]);
    }

    // A later leader's entries come behind it, and the disk must not hold those of the earlier one there.
    [Fact]
    public void Snapshot_OfAnotherLog_LeavesNothingOfTheOldOneOnTheDisk()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(3, bed.Term));
        var kept = bed.Disk.Entries.TakeWhile(entry => entry.Index.CompareTo(bed.Last.Index) <= 0).ToArray();
        bed.Comes(
            bed.Other,
            new Message.InstallSnapshot(
                bed.Later(),
                bed.DiskOf(bed.Other),
                new Snapshot(bed.Beyond(2), bed.Later(), [.. kept]),
                9_000_000
            )
        );
        bed.Disk.Entries.ShouldBeEmpty();
        bed.Now.LastIndex.ShouldBe(bed.Beyond(2));
    }
}
