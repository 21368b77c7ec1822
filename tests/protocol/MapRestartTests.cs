using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>Who was away while the map changed, or starts again with another file, finds back (protocol.md 15).</summary>
public class MapRestartTests : MapChangeBed
{
    [Fact]
    public void Master_ThatCrashesAfterTheCommit_StartsWithTheNewMap()
    {
        var cluster = Joined(5);
        var master = cluster.Master;
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 4);
        Ask(cluster, master, Wish(cluster.Topology, next));
        cluster.RunUntil(() => cluster.Status(master).Map.Version == 1, 2).ShouldBeTrue();
        cluster.Stop(master);
        cluster.Boot[master]++;
        cluster.RunUntil(() => Run(cluster, next, 1, cluster.Running), 5).ShouldBeTrue();
        cluster.Start(master);
        cluster.RunUntil(() => Run(cluster, next, 1, Enumerable.Range(0, 5)), 5).ShouldBeTrue();
    }

    [Fact]
    public void Node_ThatWasAwayForTwoApplies_CatchesUp()
    {
        var cluster = Joined(5);
        var away = 4;
        cluster.Stop(away);
        cluster.Run(5);
        var second = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 3);
        Apply(cluster, 0, cluster.Topology, second).ShouldBeEmpty();
        var third = cluster.MapOf(Enumerable.Range(0, 6), [0, 1, 2], moved: 3);
        Apply(cluster, 1, second, third).ShouldBeEmpty();
        cluster.Boot[away]++;
        cluster.Start(away);
        cluster.RunUntil(() => Run(cluster, third, 2, Enumerable.Range(0, 5)), 5).ShouldBeTrue();
    }

    [Fact]
    public void OnlyControlNodeOfAMapThatShrank_WipedAndAlone_FoundsNoOtherCluster()
    {
        var cluster = Joined(3, 3);
        var known = cluster.Status(1).Cluster;
        var next = cluster.MapOf([0, 1]);
        next.ControlGroup.ShouldBe([new NodeId(0)]);
        Apply(cluster, 1, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Run(cluster, next, 1, 0, 1), 2).ShouldBeTrue();
        for (var node = 0; node < 3; node++)
        {
            cluster.Stop(node);
        }

        cluster.Wipe(0);
        cluster.Boot[0]++;
        cluster.Files[0] = next;
        cluster.Start(0);
        cluster.Run(5);
        cluster.Status(0).Cluster.IsNone.ShouldBeTrue();
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Status(0).Cluster == known, 3).ShouldBeTrue();
        cluster.Of<Effect.Note>().Count(note => note.Fact is Fact.ClusterFounded).ShouldBe(1, "the first one");
    }

    [Fact]
    public void AllNodes_StartedAgainWithTheOldFile_RunWithTheNewMap()
    {
        var cluster = Joined(6);
        var next = cluster.MapOf(Enumerable.Range(0, 5));
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.Run(5);
        for (var node = 0; node < 6; node++)
        {
            cluster.Stop(node);
        }

        for (var node = 0; node < 5; node++)
        {
            cluster.Boot[node]++;
            cluster.Start(node);
        }

        cluster.RunUntil(() => HasMaster(cluster) && Run(cluster, next, 1, Enumerable.Range(0, 5)), 8).ShouldBeTrue();
        cluster.Machines[0].FileStanding.ShouldBe(FileStanding.Outdated);
    }

    [Fact]
    public void Node_StartedWithAFileThatWasNeverApplied_StaysWithItsLedgersMap()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 3);
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.Run(1);
        cluster.Stop(4);
        cluster.Boot[4]++;
        cluster.Files[4] = cluster.MapOf([0, 1, 4]);
        cluster.Start(4);
        cluster.RunUntil(() => cluster.Status(4).Master is not null, 5).ShouldBeTrue();
        cluster.Machines[4].FileStanding.ShouldBe(FileStanding.Unknown);
        Run(cluster, next, 1, 4).ShouldBeTrue();
    }

    [Fact]
    public void EmptyDisk_WithAForeignFile_IsRefusedAndToldWhatToDo()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 3);
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.Stop(4);
        cluster.Wipe(4);
        cluster.Boot[4]++;
        cluster.Files[4] = cluster.MapOf([0, 1, 2, 4], [0, 1, 2]);
        cluster.Start(4);
        cluster.Run(3);
        cluster.Status(4).Master.ShouldBeNull();
        cluster.Status(4).Links.ShouldContain(link => link.Refusal.Contains("rasctl topology apply"));

        // With the first file it is of this cluster, however old that is.
        cluster.Stop(4);
        cluster.Files[4] = cluster.Topology;
        cluster.Boot[4]++;
        cluster.Start(4);
        cluster.RunUntil(() => Run(cluster, next, 1, 4), 8).ShouldBeTrue();
    }

    [Fact]
    public void NodeThatWasRemoved_AddedAgain_ComesBackWithItsOldDisk()
    {
        var cluster = Joined(6);
        var without = cluster.MapOf(Enumerable.Range(0, 5));
        Apply(cluster, 0, cluster.Topology, without).ShouldBeEmpty();
        cluster.Run(5);
        cluster.Stop(5);
        var again = cluster.MapOf(Enumerable.Range(0, 6), moved: 5);
        Apply(cluster, 0, without, again).ShouldBeEmpty();
        cluster.Files[5] = again;
        cluster.Boot[5]++;
        cluster.Start(5);
        cluster.RunUntil(() => Run(cluster, again, 2, Enumerable.Range(0, 6)), 8).ShouldBeTrue();
        cluster.Status(0).Map.Former.ShouldBeEmpty();
    }

    // Found by simulated lives (3 nodes, seeds 303347 and 313260): the newcomer had a link to it, and it had none to the newcomer.
    [Fact]
    public void Node_ThatWasAwayWhileANewcomerBecameMaster_IsToldTheNewMapByIt()
    {
        var cluster = Joined(6);
        var away = 5;
        cluster.Stop(away);
        var next = cluster.MapOf(Enumerable.Range(0, 7), [0, 1, 2, 3, 6]);
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        var added = cluster.Add(next);
        cluster.RunUntil(() => SeatsOf(cluster, cluster.Master).Contains(added), 10).ShouldBeTrue();
        Ask(cluster, cluster.Master, new EntryPayload.HandoverAsked(new NodeId(added), new Warrant("anna", "", 0)));
        cluster.RunUntil(() => HasMaster(cluster) && cluster.Master == added, 10).ShouldBeTrue();

        cluster.Boot[away]++;
        cluster.Start(away);

        cluster.RunUntil(() => Run(cluster, next, 1, away) && Follows(cluster, away, added), 8).ShouldBeTrue();
    }

    // Found by simulated lives (3 nodes, seed 302363): it had taken its own removal, then lost the last one that could have told it more.
    [Fact]
    public void Node_ThatReadItsRemovalButNotItsReturn_IsToldByWhomItHasNoLinkTo()
    {
        var cluster = Joined(6);
        var without = cluster.MapOf(Enumerable.Range(0, 5));
        Apply(cluster, 0, cluster.Topology, without).ShouldBeEmpty();
        cluster.Run(5);
        cluster.Status(5).Links.ShouldBeEmpty();

        Apply(cluster, 0, without, cluster.Topology).ShouldBeEmpty();

        cluster.RunUntil(() => Run(cluster, cluster.Topology, 2, Enumerable.Range(0, 6)), 8).ShouldBeTrue();
        cluster.RunUntil(() => Follows(cluster, 5, cluster.Master), 5).ShouldBeTrue();
    }

    // Found by simulated lives (3 nodes, seeds 1614 and 1870): as master it judged by its file, and let a map be made for an old one.
    [Fact]
    public void RemovedVoter_ThatStartsAgainBeforeItsSeatIsTaken_RunsWithItsLedgersMap()
    {
        var cluster = Joined(5);
        var gone = cluster.Master == 4 ? 3 : 4;
        var next = cluster.MapOf(Enumerable.Range(0, 5).Where(node => node != gone), [0, 1, 2]);
        cluster.Rewrite = static (_, message) =>
            message is Message.AppendEntries append
            && append.Entries.Any(entry => entry.Payload is EntryPayload.GroupChanged)
                ? append with
                {
                    Entries = [],
                }
                : message;
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Run(cluster, next, 1, gone), 2).ShouldBeTrue();
        SeatsOf(cluster, gone).ShouldContain(gone);
        cluster.Rewrite = static (_, message) => message;

        cluster.Stop(gone);
        cluster.Boot[gone]++;
        cluster.Start(gone);

        cluster.Machines[gone].FileStanding.ShouldBe(FileStanding.Leaving);
        Run(cluster, next, 1, gone).ShouldBeTrue();
        cluster.RunUntil(() => !SeatsOf(cluster, cluster.Master).Contains(gone), 10).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Status(gone).Links.Count == 0, 10).ShouldBeTrue();
        cluster.Status(gone).Out.ShouldNotBeNull();
    }

    // Found by a simulated life (3 nodes, seed 500947): started again it had no link to the voter on whom it depended.
    [Fact]
    public void RemovedVoter_IsLinkedUntilItsSeatIsTaken_AlsoByWhoStartsAgain()
    {
        var cluster = Joined(3, 3);
        var master = cluster.Master;
        var (gone, other) = ((master + 1) % 3, (master + 2) % 3);
        var next = cluster.MapOf([master, other], [master]);
        Ask(cluster, master, Wish(cluster.Topology, next));
        cluster.RunUntil(() => Run(cluster, next, 1, master), 2).ShouldBeTrue();
        cluster.Stop(other);
        cluster.Stop(master);
        SeatsOf(cluster, gone).ShouldContain(gone);

        cluster.Boot[master]++;
        cluster.Start(master);

        cluster.RunUntil(() => HasMaster(cluster) && Run(cluster, next, 1, master, gone), 10).ShouldBeTrue();
    }

    // Found by simulated lives (3 nodes, seeds 609452 and 609977): files of different maps, and no disk that knew which of them count.
    [Fact]
    public void AllNodes_StartedAgainWithDifferentFilesAndNoCommitKnown_FindTogether()
    {
        var cluster = Joined(3, 3);
        var second = cluster.MapOf(Enumerable.Range(0, 3), [0, 1, 2], moved: 1);
        var third = cluster.MapOf(Enumerable.Range(0, 3), [0, 1, 2], moved: 2);
        Apply(cluster, 0, cluster.Topology, second).ShouldBeEmpty();
        Apply(cluster, 0, second, third).ShouldBeEmpty();
        cluster.Run(2);
        cluster.Files[1] = second;
        for (var node = 0; node < 3; node++)
        {
            cluster.Stop(node);
            cluster.Disks[node].CommitIndex = default;
        }

        for (var node = 0; node < 3; node++)
        {
            cluster.Boot[node]++;
            cluster.Start(node);
        }

        cluster.RunUntil(() => HasMaster(cluster) && Run(cluster, third, 2, 0, 1, 2), 8).ShouldBeTrue();
    }
}
