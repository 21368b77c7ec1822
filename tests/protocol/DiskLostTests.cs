using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>Disks that are not what they were (B4, B5).</summary>
public class DiskLostTests
{
    private static EntryPayload.DiskLost[] Losses(MiniCluster cluster) =>
        [.. cluster.Disks[cluster.Master].Entries.Select(entry => entry.Payload).OfType<EntryPayload.DiskLost>()];

    [Fact]
    public void B4_VoterWithAnotherDisk_LosesItsOldSeatAndIsSeatedAnew()
    {
        var cluster = Joined();
        var wiped = cluster.Running.First(node => node != cluster.Master);
        var old = cluster.Disks[wiped].State.Disk;
        cluster.Stop(wiped);
        cluster.Wipe(wiped);
        cluster.Boot[wiped]++;
        cluster.Run(0.3);
        cluster.Start(wiped);
        var now = new Voter(new NodeId(wiped), cluster.Disks[wiped].State.Disk);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Voters.Contains(now)), 8)
            .ShouldBeTrue();
        Losses(cluster).ShouldBe([new EntryPayload.DiskLost(new NodeId(wiped), old, now.Disk)]);
        Changes(cluster, cluster.Master)
            .Select(change => (change.Cause, change.Changed.Disk))
            .ShouldBe([(GroupCause.DiskLost, old), (GroupCause.Seated, now.Disk)]);
    }

    [Fact]
    public void B4_LostDiskWithoutAMajorityBesideIt_KeepsItsSeat()
    {
        var cluster = Joined(4, 3);
        var master = cluster.Master;
        var others = Enumerable.Range(0, 3).Where(node => node != master).ToArray();
        cluster.Stop(others[0]);
        cluster.Wipe(others[0]);
        cluster.Stop(others[1]);
        cluster.Boot[others[0]]++;
        cluster.Start(others[0]);
        cluster.Run(5);

        // The new disk is no voter, so there is no majority, and nothing that is said of it can be committed.
        HasMaster(cluster).ShouldBeFalse();
        cluster.Disks.ShouldAllBe(disk => !disk.Entries.Any(entry => entry.Payload is EntryPayload.GroupChanged));
    }

    [Fact]
    public void B5_DiskThatLostWhatItAcknowledged_IsTreatedAsWiped()
    {
        var cluster = Joined();
        var master = cluster.Master;
        var liar = cluster.Running.First(node => node != master);
        var seat = new Voter(new NodeId(liar), cluster.Disks[liar].State.Disk);
        cluster.Stop(liar);
        cluster.Disks[liar].Forget(2);
        cluster.Start(liar);
        cluster.RunUntil(() => !cluster.Status(master).Voters.Contains(seat), 5).ShouldBeTrue();
        cluster.Of<Effect.Note>(master).Count(note => note.Fact is Fact.DiskWentBack).ShouldBe(1);
        Losses(cluster).ShouldBe([new EntryPayload.DiskLost(seat.Node, seat.Disk, seat.Disk)]);

        // It follows, but is not seated again before it has another disk.
        cluster.Run(5);
        cluster.Disks[liar].Entries.Count.ShouldBe(cluster.Disks[master].Entries.Count);
        Group(cluster).ShouldNotContain(liar);
        cluster.Stop(liar);
        cluster.Wipe(liar);
        cluster.Boot[liar]++;
        cluster.Start(liar);
        Becomes(cluster, 0, 1, 2, 3, 4).ShouldBeTrue();
    }

    [Fact]
    public void B5_AnswersThatOvertakeEachOther_AreNoSign()
    {
        var cluster = Joined();
        var late = 0;
        cluster.MoreDelay = message =>
            message is Message.AppendEntries or Message.AppendEntriesReply
                ? TimeSpan.FromMilliseconds(late++ * 37 % 60)
                : TimeSpan.Zero;
        for (var word = 0; word < 40; word++)
        {
            cluster.Give(1, new Input.Raised(cluster.Panic(4, 1, (ulong)word), new DeviceRef(0, 1)));
            cluster.Run(0.1);
        }

        cluster.Of<Effect.Note>().ShouldNotContain(note => note.Fact is Fact.DiskWentBack);
        Losses(cluster).ShouldBeEmpty();
    }

    [Fact]
    public void B5_VoterThatStoodAndHasNotYetComparedItsLogAgain_IsNoSign()
    {
        var cluster = Joined();
        var master = cluster.Master;
        var voter = (master + 1) % 5;
        var others = cluster.Running.Where(node => node != voter).ToArray();
        cluster.Stall(voter);
        for (var word = 0; word < 10; word++)
        {
            cluster.Give(master, new Input.Raised(cluster.Panic(4, master, (ulong)word), new DeviceRef(0, 1)));
            cluster.Run(0.2);
            Array.ForEach(others, other => cluster.Cut(voter, other));
        }

        // It refuses what is beyond its log, that answer is late, and meanwhile its disk has what it took before.
        cluster.Heal();
        cluster.MoreDelay = message =>
            TimeSpan.FromMilliseconds(message is Message.AppendEntriesReply { Accepted: false } ? 300 : 0);
        cluster
            .RunUntil(() =>
                cluster
                    .Of<Effect.Send>(voter)
                    .Any(send => send.Frame.Message is Message.AppendEntriesReply { Accepted: false })
            )
            .ShouldBeTrue();
        cluster.Unstall(voter);
        cluster.Run(2);
        cluster.Of<Effect.Note>().ShouldNotContain(note => note.Fact is Fact.DiskWentBack);
        Losses(cluster).ShouldBeEmpty();
    }

    [Fact]
    public void B5_VoterThatIsRestarted_IsNoSign()
    {
        var cluster = Joined();
        var restarted = cluster.Running.First(node => node != cluster.Master);
        for (var word = 0; word < 5; word++)
        {
            cluster.Give(
                cluster.Master,
                new Input.Raised(cluster.Panic(restarted, cluster.Master, (ulong)word), new DeviceRef(0, 1))
            );
            cluster.Stop(restarted);
            cluster.Run(0.05);
            cluster.Start(restarted);
            cluster.Run(0.5);
        }

        cluster.Of<Effect.Note>().ShouldNotContain(note => note.Fact is Fact.DiskWentBack);
        Group(cluster).ShouldBe([0, 1, 2, 3, 4]);
    }
}
