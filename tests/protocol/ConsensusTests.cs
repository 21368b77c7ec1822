using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What a voter says of its own log, and takes of others: frames that come in an order of their own (protocol.md 5).</summary>
public class ConsensusTests
{
    private static MiniCluster Joined()
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        cluster.Run(0.5);
        return cluster;
    }

    private static void Arrives(MiniCluster cluster, int from, int to, Message message) =>
        cluster.Give(
            to,
            new Input.Arrived(new LinkId(new NodeId(from), new Die(0), TransportKind.Grpc), new Frame(0, 0, 0, message))
        );

    // A snapshot is large, and entries that were sent behind it may overtake it. Who then told less than it has would look as if its
    // disk had gone back, and would lose its seat.
    // What an older log had there, and was replaced since, must not commit what stands there now.
    [Fact]
    public void LeaderAgain_WhatWasAnsweredInAnEarlierTerm_CommitsNothing()
    {
        var bed = new VoterBed();
        bed.Leads(bed.Master, bed.Term, bed.Last.Index, bed.More(3, bed.Term));
        bed.IsElected();
        bed.Comes(
            bed.Other,
            new Message.AppendEntriesReply(bed.Later(), bed.DiskOf(bed.Other), true, bed.Beyond(3), 1)
        );
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index, "of an older term nothing is committed by counting");

        bed.Leads(bed.Master, bed.Later(2), bed.Last.Index, bed.More(1, bed.Later(2)));
        bed.Disk.Entries[^1].Index.ShouldBe(bed.Beyond(1));
        bed.Cluster.RunUntil(() => bed.Now.Role == RaftRole.PreCandidate, 2).ShouldBeTrue();
        bed.Comes(bed.Other, new Message.PreVoteReply(bed.Later(3), bed.DiskOf(bed.Other), true));
        bed.Comes(bed.Other, new Message.RequestVoteReply(bed.Later(3), bed.DiskOf(bed.Other), true));
        bed.Now.Role.ShouldBe(RaftRole.Leader);
        bed.Disk.Entries[^1].Index.ShouldBe(bed.Beyond(2));
        bed.Now.CommitIndex.ShouldBe(bed.Last.Index);

        bed.Comes(
            bed.Other,
            new Message.AppendEntriesReply(bed.Later(3), bed.DiskOf(bed.Other), true, bed.Beyond(2), 2)
        );
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(2));
    }

    [Fact]
    public void Snapshot_ThatEntriesHaveOvertaken_TakesNothingBackOfWhatIsOnTheDisk()
    {
        var cluster = Joined();
        var (master, follower) = (cluster.Master, (cluster.Master + 1) % 3);
        var (term, disk) = (cluster.Status(master).Term, cluster.Disks[master].State.Disk);
        var log = cluster.Disks[follower].Entries;
        var last = log[^1];
        Entry[] more =
        [
            .. Enumerable
                .Range(1, 3)
                .Select(step => new Entry(new LogIndex(last.Index.Value + step), term, new EntryPayload.NoOp())),
        ];
        foreach (var other in cluster.Running.Where(node => node != follower))
        {
            cluster.Cut(other, follower);
        }

        cluster.Effects.Clear();
        Arrives(
            cluster,
            master,
            follower,
            new Message.AppendEntries(term, disk, last.Index, last.Term, last.Index, 1_000_001, [.. more])
        );
        var snapshot = new Snapshot(more[0].Index, term, [.. log, more[0]]);
        Arrives(cluster, master, follower, new Message.InstallSnapshot(term, disk, snapshot, 1_000_002));
        cluster.Run(0.05);
        var told = cluster
            .Of<Effect.Send>(follower)
            .Select(send => send.Frame.Message)
            .OfType<Message.AppendEntriesReply>()
            .Select(reply => reply.Matched)
            .ToArray();
        told.ShouldContain(more[^1].Index);
        told[^1].ShouldBe(more[^1].Index);
    }

    // S1: it cannot be, and if it is, nothing that this process believes may be built upon.
    [Fact]
    public void Leader_ThatMeetsAnotherOneOfItsTerm_EndsItsProcess()
    {
        var cluster = Joined();
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        var last = cluster.Disks[master].Entries[^1];
        Arrives(
            cluster,
            other,
            master,
            new Message.AppendEntries(
                cluster.Status(master).Term,
                cluster.Disks[other].State.Disk,
                last.Index,
                last.Term,
                last.Index,
                1,
                []
            )
        );
        Should.Throw<InvalidOperationException>(() => cluster.Run(0.1)).Message.ShouldContain("two leaders");
    }

    // In a group of two the other one cannot be elected alone, and has only missed it.
    [Fact]
    public void Master_OfAGroupOfTwoThatStoodStill_LeadsOnInItsTerm()
    {
        var cluster = new MiniCluster(2, 1);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 2)).ShouldBeTrue();
        cluster.Run(1);
        var (master, term) = (cluster.Master, cluster.Status(cluster.Master).Term);
        cluster.Status(master).Voters.Count.ShouldBe(2);
        cluster.Freeze(master);
        cluster.Run(2);
        cluster.Thaw(master);
        cluster.Run(2);
        cluster.Running.ShouldAllBe(node => cluster.Status(node).Master == new NodeId(master));
        cluster.Status(master).Term.ShouldBe(term);
    }
}
