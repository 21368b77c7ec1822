using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.RecoveryStory;

namespace ClusterRas.Protocol.Tests;

/// <summary>In what order the ledger is given its work, and how often a follower whose ledger does not follow is asked.</summary>
public class LedgerOrderTests
{
    // A crash between the two left the commit index before the entries: those that a later master had replaced were taken
    // for committed at the next start, and the node refused the log of every master from then on.
    [Fact]
    public void Committed_OfEntriesThatComeWithIt_StandsBehindTheirWrite()
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var follower = (cluster.Master + 1) % 3;
        cluster.Stop(follower);
        cluster.Give(cluster.Master, new Input.Raised(cluster.Panic(follower, cluster.Master), null));
        cluster.Run(1);
        cluster.Start(follower);
        cluster.RunUntil(() => cluster.Status(follower).CommitIndex == cluster.Status(cluster.Master).CommitIndex);

        var asked = new HashSet<LogIndex>();
        foreach (var (_, node, effect) in cluster.Effects)
        {
            if (node == follower && effect is Effect.Persist { Write.Append: var written })
            {
                asked.UnionWith(written.Select(entry => entry.Index));
            }
            else if (node == follower && effect is Effect.Committed committed)
            {
                committed.Entries.ShouldAllBe(entry => asked.Contains(entry.Index));
            }
        }

        cluster.Of<Effect.Committed>(follower).ShouldContain(committed => committed.Entries.Count > 1);
    }

    // Refused, sent again, refused: as fast as the two could talk.
    [Fact]
    public void Follower_ThatTakesNothing_IsTriedWithTheBeats()
    {
        var cluster = new MiniCluster(3, options: new ProtocolOptions { UnpersistedMax = 2 });
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var (master, follower, witness) = (cluster.Master, (cluster.Master + 1) % 3, (cluster.Master + 2) % 3);
        cluster.Stall(follower);
        for (var word = 1ul; word <= 5; word++)
        {
            cluster.Give(master, new Input.Raised(cluster.Panic(witness, master, word), null));
            cluster.Run(0.2);
        }

        var before = Requests();
        cluster.Run(2);
        (Requests() - before).ShouldBeLessThanOrEqualTo((int)(TimeSpan.FromSeconds(2) / cluster.Options.BeatEvery) + 1);

        cluster.Unstall(follower);
        cluster
            .RunUntil(() => cluster.Status(follower).CommitIndex == cluster.Status(master).CommitIndex, 1)
            .ShouldBeTrue();

        int Requests() =>
            cluster
                .Of<Effect.Send>(master)
                .Count(send =>
                    send.Link.Peer.Value == follower
                    && send.Frame.Message is Message.AppendEntries { Entries.Count: > 0 }
                );
    }

    // It was sent again with each answer that it is not on the disk yet: whole snapshots, as fast as the two could talk.
    [Fact]
    public void Snapshot_ForADiskThatStandsStill_IsNotSentWithEachAnswer()
    {
        var cluster = new MiniCluster(3, options: new ProtocolOptions { LogEntriesMax = 4 });
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var (master, follower, healthy) = (cluster.Master, (cluster.Master + 1) % 3, (cluster.Master + 2) % 3);
        cluster.Stop(follower);
        for (var word = 1ul; word <= 20; word++)
        {
            cluster.Give(master, new Input.Raised(cluster.Panic(healthy, master, word), null));
            cluster.Run(0.1);
        }

        cluster.Stall(follower);
        cluster.Start(follower);
        cluster.Run(12);
        cluster
            .Of<Effect.Send>(master)
            .Count(send => send.Frame.Message is Message.InstallSnapshot)
            .ShouldBeInRange(1, 4);

        cluster.Unstall(follower);
        cluster
            .RunUntil(() => cluster.Status(follower).CommitIndex == cluster.Status(master).CommitIndex, 3)
            .ShouldBeTrue();
    }

    // Each beat's answer waited for the vote's write: after a minute all of them went at once.
    [Fact]
    public void Answers_ThatWaitForTheVoteOnDisk_GoOnce()
    {
        var cluster = new MiniCluster(3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var (master, slow) = (cluster.Master, (cluster.Master + 1) % 3);
        cluster.Stall(slow);
        cluster.Give(master, new Input.Asked(1, new EntryPayload.HandoverAsked(new NodeId((master + 2) % 3), Anna)));
        cluster.RunUntil(() => cluster.Status((master + 2) % 3).IsReady).ShouldBeTrue();
        cluster.Run(60);

        var before = Answers();
        cluster.Unstall(slow);
        cluster.Run(cluster.Options.BeatEvery.TotalSeconds / 2);
        (Answers() - before).ShouldBeInRange(1, 8);

        int Answers() => cluster.Of<Effect.Send>(slow).Count(send => send.Frame.Message is Message.AppendEntriesReply);
    }
}
