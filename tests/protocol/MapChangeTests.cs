using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>The map of a running cluster changes by a committed entry, everywhere or nowhere (protocol.md 15).</summary>
public class MapChangeTests : MapChangeBed
{
    [Fact]
    public void AddedNode_WithAnEmptyDiskAndTheNewFile_IsLetInAndGetsTheLog()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 6), [0, 1, 2]);
        Apply(cluster, 4, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Run(cluster, next, 1, 0, 1, 2, 3, 4), 2).ShouldBeTrue();
        var added = cluster.Add(next);
        cluster
            .RunUntil(() => Run(cluster, next, 1, added) && Follows(cluster, added, cluster.Master), 5)
            .ShouldBeTrue();
        cluster.Run(3);
        cluster.Status(0).Health.ShouldAllBe(health => health == NodeHealth.Up || health == NodeHealth.Unknown);
        cluster.Status(cluster.Master).Book.Lives.ShouldContainKey(new NodeId(added));
        foreach (var node in cluster.Running)
        {
            cluster.Status(node).Map.Peers.ShouldAllBe(peer => peer.Version == 1);
        }
    }

    [Fact]
    public void AddedNode_ThatStartsBeforeTheApply_WaitsAndIsLetInAfterwards()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 6), [0, 1, 2]);
        var added = cluster.Add(next);
        cluster.Run(2);
        cluster.Status(added).Master.ShouldBeNull();
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Follows(cluster, added, cluster.Master), 5).ShouldBeTrue();
    }

    [Fact]
    public void RemovedFollower_ReadsThatItIsRemoved_AndIsNotLinkedAnyMore()
    {
        var cluster = Joined(7);
        var gone = 6;
        var next = cluster.MapOf(Enumerable.Range(0, 6));
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Run(cluster, next, 1, Enumerable.Range(0, 7)), 2).ShouldBeTrue();
        cluster.Run(5);
        cluster.Status(gone).Out.ShouldNotBeNull().ShouldContain("not in the map any more since version 1");
        cluster.Status(gone).Links.ShouldBeEmpty();
        cluster.Status(0).Links.ShouldNotContain(link => link.Link.Peer == new NodeId(gone));
        cluster.Status(0).Map.Former.ShouldBe([new FormerNode(new NodeId(gone), "n06")]);
    }

    [Fact]
    public void RemovedNode_ThatKeepsTalking_IsNotHeard()
    {
        var cluster = Joined(7);
        var gone = 6;
        var next = cluster.MapOf(Enumerable.Range(0, 6));
        cluster.Stop(gone);
        cluster.Run(5);
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        cluster.Run(5);
        cluster.Boot[gone]++;
        cluster.Start(gone);
        var term = cluster.Status(cluster.Master).Term;
        cluster.Run(10);
        cluster.Status(gone).Links.ShouldAllBe(link => link.State != LinkState.Up);
        cluster.Status(0).Book.Lives[new NodeId(gone)].Current.Tag.ShouldBe(1);
        cluster.Status(cluster.Master).Term.ShouldBe(term);
    }

    [Fact]
    public void RemovedVoter_GivesUpItsSeatInOneStep_AfterAnotherWasSeated()
    {
        var cluster = Joined(7);
        SeatsOf(cluster, 0).ShouldBe([0, 1, 2, 3, 4]);
        var gone = cluster.Master == 3 ? 2 : 3;
        var stay = Enumerable.Range(0, 7).Where(node => node != gone).ToArray();
        var next = cluster.MapOf(stay, stay.Take(5));
        Apply(cluster, 6, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => SeatsOf(cluster, 0).SequenceEqual(stay.Take(5)), 5).ShouldBeTrue();
        cluster.Run(3);
        cluster.Status(gone).Out.ShouldNotBeNull();
        SeatsOf(cluster, gone).ShouldNotContain(gone);
        cluster
            .Disks[0]
            .Entries.Select(entry => entry.Payload)
            .OfType<EntryPayload.GroupChanged>()
            .TakeLast(2)
            .Select(change => (change.Changed.Node.Value, change.IsAddition))
            .ShouldBe([(stay[4], true), (gone, false)]);
    }

    [Fact]
    public void RemovedMaster_HandsOver_AndLeaves()
    {
        var cluster = Joined(6);
        var gone = cluster.Master;
        var stay = Enumerable.Range(0, 6).Where(node => node != gone).ToArray();
        Apply(cluster, gone, cluster.Topology, cluster.MapOf(stay)).ShouldBeEmpty();
        cluster.RunUntil(() => stay.All(node => !SeatsOf(cluster, node).Contains(gone)), 8).ShouldBeTrue();
        cluster.Run(3);
        cluster.Stop(gone);
        cluster.Run(3);
        stay.ShouldContain(cluster.Master);
        stay.Count(node => cluster.Status(node).Master == new NodeId(cluster.Master)).ShouldBe(5);
    }

    [Fact]
    public void TwoOfThreeVoters_RemovedAtOnce_LeaveOneByOne()
    {
        var cluster = Joined(3, 3);
        var stays = cluster.Master;
        var next = cluster.MapOf([stays]);
        Apply(cluster, stays, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => SeatsOf(cluster, stays).SequenceEqual([stays]), 10).ShouldBeTrue();
        cluster.Run(3);
        cluster.Master.ShouldBe(stays);
    }

    [Fact]
    public void MasterOnItsWayOut_WhenTheOnlyNodeOfTheMapHasDied_AddsAnother_AndLeaves()
    {
        var cluster = Joined(3, 3);
        var master = cluster.Master;
        var (stays, back) = ((master + 1) % 3, (master + 2) % 3);
        var two = cluster.MapOf([stays, master]);
        Apply(cluster, master, cluster.Topology, two).ShouldBeEmpty();
        cluster.RunUntil(() => !SeatsOf(cluster, master).Contains(back), 10).ShouldBeTrue();
        cluster.Stop(back);
        cluster.Run(1);
        var small = cluster.MapOf([stays]);
        Apply(cluster, master, two, small).ShouldBeEmpty();
        cluster.Status(master).IsReady.ShouldBeTrue();
        Dies(cluster, stays);
        cluster.RunUntil(() => SeatsOf(cluster, master).SequenceEqual([master]), 10).ShouldBeTrue();

        var next = cluster.MapOf([stays, back]);
        Apply(cluster, master, small, next).ShouldBeEmpty();

        cluster.Boot[back]++;
        cluster.Files[back] = next;
        cluster.Start(back);
        cluster.RunUntil(() => SeatsOf(cluster, back).SequenceEqual([back]), 20).ShouldBeTrue();
        cluster.Master.ShouldBe(back);
    }

    [Fact]
    public void SecondVoter_IsNotRemoved_WhileTheFirstIsOnItsWay()
    {
        var cluster = Joined(5);
        var master = cluster.Master;
        var (first, second) = ((master + 1) % 5, (master + 2) % 5);
        var without = cluster.MapOf(Enumerable.Range(0, 5).Where(node => node != first));
        // Neither live nor silent: its seat is not taken yet.
        cluster.Freeze(first);
        Apply(cluster, master, cluster.Topology, without).ShouldBeEmpty();
        SeatsOf(cluster, master).ShouldContain(first);

        var both = cluster.MapOf(Enumerable.Range(0, 5).Where(node => node != first && node != second));
        Apply(cluster, master, without, both).ShouldStartWith($"n{first:00} has still to give up its seat");

        cluster.RunUntil(() => !SeatsOf(cluster, master).Contains(first), 10).ShouldBeTrue();
        cluster.Run(1);
        Apply(cluster, master, without, both).ShouldBeEmpty();
    }

    [Fact]
    public void ControlList_ThatNamesAnotherNode_MovesOneSeatInTwoSteps()
    {
        var cluster = Joined(7);
        var next = cluster.MapOf(Enumerable.Range(0, 7), [0, 1, 2, 3, 6]);
        Apply(cluster, 5, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => SeatsOf(cluster, 0).SequenceEqual([0, 1, 2, 3, 6]), 8).ShouldBeTrue();
        var steps = cluster.Disks[0].Entries.Count(entry => entry.Payload is EntryPayload.GroupChanged);
        cluster.Run(10);
        cluster.Disks[0].Entries.Count(entry => entry.Payload is EntryPayload.GroupChanged).ShouldBe(steps);
    }

    [Fact]
    public void MovedNode_IsLinkedAnew_AndNobodyElseIsTouched()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 4);
        Apply(cluster, 1, cluster.Topology, next).ShouldBeEmpty();
        cluster.RunUntil(() => Run(cluster, next, 1, Enumerable.Range(0, 5)), 2).ShouldBeTrue();
        cluster.Of<Effect.MapTaken>(0).Last().Links.Count.ShouldBe(8);
        cluster.Run(2);
        cluster.Status(0).Health.ShouldAllBe(health => health == NodeHealth.Up);
    }

    [Fact]
    public void Panic_BetweenValidationAndCommit_IsAcked()
    {
        var cluster = Joined(5);
        var master = cluster.Master;
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 4);
        foreach (var voter in SeatsOf(cluster, master).Where(node => node != master))
        {
            cluster.Stall(voter);
        }

        var asked = Ask(cluster, master, Wish(cluster.Topology, next));
        cluster.RunUntil(() => cluster.Disks[master].Entries[^1].Payload is EntryPayload.MapChanged, 1).ShouldBeTrue();
        var witness = (master + 1) % 3;
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(1, 1)));
        cluster.Run(0.2);
        cluster.Status(master).Map.Version.ShouldBe(0);
        foreach (var voter in SeatsOf(cluster, master))
        {
            cluster.Unstall(voter);
        }

        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 5).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Recorded);
        cluster.RunUntil(() => Answer(cluster, asked) == "", 5).ShouldBeTrue();
        Run(cluster, next, 1, master).ShouldBeTrue();
    }

    [Fact]
    public void Apply_InAMinority_ChangesNothing()
    {
        var cluster = Joined(5);
        var master = cluster.Master;
        for (var node = 0; node < 5; node++)
        {
            if (node != master)
            {
                cluster.Cut(master, node);
            }
        }

        var next = cluster.MapOf(Enumerable.Range(0, 4), [0, 1, 2]);
        var asked = Ask(cluster, master, Wish(cluster.Topology, next));
        cluster.Run(4);
        Answer(cluster, asked).ShouldBeNull();
        Run(cluster, cluster.Topology, 0, Enumerable.Range(0, 5)).ShouldBeTrue();
        cluster.Give(master, new Input.Withdrawn(asked));
        cluster.Heal();
        cluster.Run(4);
        Run(cluster, cluster.Topology, 0, Enumerable.Range(0, 5)).ShouldBeTrue();
        cluster.Status(master).Book.Audit.Acts.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_ForAnOldParent_IsRefusedAndChangesNothing()
    {
        var cluster = Joined(5);
        var second = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 3);
        Apply(cluster, 0, cluster.Topology, second).ShouldBeEmpty();
        cluster.Run(1);
        var refusal = Apply(cluster, 1, cluster.Topology, cluster.MapOf(Enumerable.Range(0, 4), [0, 1, 2]));
        refusal.ShouldStartWith("it was made for the map ");
        refusal.ShouldContain("(version 1)");
        cluster.Run(1);
        Run(cluster, second, 1, Enumerable.Range(0, 5)).ShouldBeTrue();
        cluster.Status(0).Book.Audit.Acts.Count.ShouldBe(1);
    }

    [Fact]
    public void SameWish_SaidAgain_IsAppliedOnce()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 5), [0, 1, 2], moved: 3);
        var wish = Wish(cluster.Topology, next);
        var (one, two) = (Ask(cluster, 3, wish), Ask(cluster, 4, wish));
        cluster.RunUntil(() => Answer(cluster, one) == "" && Answer(cluster, two) == "", 5).ShouldBeTrue();
        cluster.Status(cluster.Master).Map.Version.ShouldBe(1);
    }

    [Fact]
    public void Map_OutlivesACompactionAndASnapshot()
    {
        var cluster = new MiniCluster(5, 3, options: new ProtocolOptions { LogEntriesMax = 20 });
        cluster.RunUntil(() => cluster.Status(0).Book.Lives.Count == 5).ShouldBeTrue();
        cluster.Stop(4);
        cluster.Run(5);
        var next = cluster.MapOf(Enumerable.Range(0, 6), [0, 1, 2]);
        Apply(cluster, 0, cluster.Topology, next).ShouldBeEmpty();
        for (var time = 0; time < 40; time++)
        {
            cluster.Give(0, new Input.Raised(cluster.Panic(3, 0, (ulong)(100 + time), 1000), null));
            cluster.Run(0.3);
        }

        var snapshot = cluster.Disks[0].State.Snapshot.ShouldNotBeNull();
        snapshot.Entries.Select(entry => entry.Payload).OfType<EntryPayload.MapChanged>().Count().ShouldBe(1);
        cluster.Boot[4]++;
        cluster.Start(4);
        cluster.RunUntil(() => Run(cluster, next, 1, 4), 8).ShouldBeTrue();
        cluster.Stop(1);
        cluster.Start(1);
        Run(cluster, next, 1, 1).ShouldBeTrue();
    }

    [Fact]
    public void Incident_OfARemovedNode_StaysReadable()
    {
        var cluster = Joined(6);
        cluster.Give(0, new Input.Raised(cluster.Panic(5, 0), new DeviceRef(1, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(0).Any(), 5).ShouldBeTrue();
        cluster.Stop(5);
        cluster.Run(4);
        Apply(cluster, 0, cluster.Topology, cluster.MapOf(Enumerable.Range(0, 5))).ShouldBeEmpty();
        cluster.Run(5);
        cluster.Status(1).Book.Incidents.Values.ShouldContain(incident => incident.Victim == new NodeId(5));
        cluster.Status(1).Map.Former.Single().Name.ShouldBe("n05");
    }

    [Fact]
    public void Stranger_WithNoNewerMap_ChangesNothing()
    {
        var cluster = Joined(5);
        var stranger = cluster.Add(cluster.MapOf(Enumerable.Range(0, 6), [0, 1, 2]));
        cluster.Run(3);
        cluster.Status(0).Links.ShouldNotContain(link => link.Link.Peer == new NodeId(stranger));
        cluster.Status(stranger).Links.ShouldContain(link => link.Refusal.Contains("another topology"));
    }

    [Theory]
    [InlineData("other", "it is the map of cluster \"other\", and this is \"mini\"")]
    [InlineData("same", "the cluster has this very map already")]
    [InlineData("garbage", "the map is refused: ")]
    [InlineData("nobody", "of the voters that would stay 0 of 0 answer")]
    public void Apply_OfWhatMayNotBe_IsRefusedAndChangesNothing(string what, string expected)
    {
        var cluster = Joined(8);
        var next = what switch
        {
            "other" => Topology.Create("other", [.. cluster.Topology.Nodes]),
            "nobody" => cluster.MapOf([5, 6, 7]),
            _ => cluster.Topology,
        };
        var wish = Wish(cluster.Topology, next);
        var asked = Ask(cluster, 1, what == "garbage" ? wish with { Text = "{ \"version\": 1 }" } : wish);
        cluster.RunUntil(() => Answer(cluster, asked) is not null, 5).ShouldBeTrue();
        Answer(cluster, asked)!.ShouldStartWith(expected);
        cluster.Run(1);
        Run(cluster, cluster.Topology, 0, Enumerable.Range(0, 8)).ShouldBeTrue();
        cluster.Of<Effect.MapTaken>().ShouldBeEmpty();
    }

    // As where the master runs a newer version, whose files have more in them: the node keeps its map, and says so once.
    [Fact]
    public void Map_ThatOnlyTheMasterCanRead_IsToldByTheOthersOnce()
    {
        var cluster = Joined(5);
        var next = cluster.MapOf(Enumerable.Range(0, 5), moved: 4);
        cluster.Rewrite = (_, message) =>
            message is Message.AppendEntries append
                ? append with
                {
                    Entries = [.. append.Entries.Select(Garbled)],
                }
                : message;
        Ask(cluster, cluster.Master, Wish(cluster.Topology, next));
        cluster.Run(3);
        Unreadable(cluster.Master).ShouldBeEmpty();
        foreach (var node in cluster.Running.Where(node => node != cluster.Master))
        {
            var told = Unreadable(node).ShouldHaveSingleItem();
            told.Version.ShouldBe(1);
            told.Problem.ShouldNotBeNullOrEmpty();
            cluster.Status(node).Map.Version.ShouldBe(0);
        }

        static Entry Garbled(Entry entry) =>
            entry.Payload is EntryPayload.MapChanged map
                ? entry with
                {
                    Payload = map with { Text = "a map of tomorrow" },
                }
                : entry;

        Fact.MapUnreadable[] Unreadable(int node) =>
            [.. cluster.Of<Effect.Note>(node).Select(note => note.Fact).OfType<Fact.MapUnreadable>()];
    }
}
