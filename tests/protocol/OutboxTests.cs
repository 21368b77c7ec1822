using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Words that no master answers: how many are kept, how often they are said, and when they are over (protocol.md 4).</summary>
public class OutboxTests
{
    private const int Witness = 3;

    private static MiniCluster Joined(ProtocolOptions? options = null)
    {
        var cluster = new MiniCluster(5, 3, options: options);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        return cluster;
    }

    private static void StopVoters(MiniCluster cluster)
    {
        foreach (var voter in new[] { 0, 1, 2 })
        {
            cluster.Stop(voter);
        }
    }

    private static Report Fault(MiniCluster cluster, ulong msgid)
    {
        var words = cluster.Panic(Witness, Witness, msgid).Words with { Waiter = Waiter.Nobody, WindowMs = null };
        words = words with { Id = words.Id with { Kind = EventKind.MemoryFault } };
        return new Report(words, cluster.Now, null);
    }

    [Fact]
    public void Outbox_ThatIsFull_ShedsTheOldestLocalEventAndTakesItAgain()
    {
        var cluster = Joined(new ProtocolOptions { OutboxMax = 3 });
        StopVoters(cluster);
        var fault = Fault(cluster, 1);
        Report[] panics =
        [
            .. Enumerable.Range(0, 3).Select(voter => cluster.Panic(voter, Witness, (ulong)(20 + voter))),
        ];
        Say(panics[0], fault, panics[1]);
        Kept().ShouldBe([panics[0].Id, fault.Id, panics[1].Id]);
        Say(panics[2]);
        Kept().ShouldBe([panics[0].Id, panics[1].Id, panics[2].Id]);
        Shed().ShouldBe([fault.Id]);

        // There is no local one left to go.
        Say(fault);
        Kept().ShouldBe([panics[1].Id, panics[2].Id, fault.Id]);
        Shed().ShouldBe([fault.Id, panics[0].Id]);

        void Say(params Report[] reports)
        {
            foreach (var report in reports)
            {
                cluster.Give(Witness, new Input.Raised(report, null));
            }

            cluster.Run(0.01);
        }

        IEnumerable<ReportId> Kept() => cluster.Disks[Witness].State.Outbox.Select(kept => kept.Report.Id);

        IEnumerable<ReportId> Shed() =>
            cluster
                .Of<Effect.Note>(Witness)
                .Select(note => note.Fact)
                .OfType<Fact.OutboxShed>()
                .Select(shed => shed.Report);
    }

    [Fact]
    public void Word_WithoutAnAnswer_IsSaidOftenWithinItsWindowAndSeldomAfterIt()
    {
        var cluster = Joined();
        cluster.Rewrite = (_, message) => message is Message.Answering ? new Message.LinkAck() : message;
        cluster.Give(Witness, new Input.Raised(cluster.Panic(4, Witness, windowMs: 3_000), new DeviceRef(0, 1)));
        cluster.Effects.Clear();
        cluster.Run(2.9);
        Said().ShouldBe(6);
        cluster.Effects.Clear();
        cluster.Run(20);
        Said().ShouldBeInRange(4, 5);

        int Said() =>
            cluster
                .Effects.Where(seen =>
                    seen.Node == Witness
                    && seen.Effect
                        is Effect.Send { Frame.Message: Message.Reporting, Link: { Die.Value: 0, Peer.Value: 0 } }
                )
                .Select(seen => seen.At)
                .Distinct()
                .Count();
    }

    [Fact]
    public void Word_WhoseWindowIsOver_IsSaidToANewMasterAtOnce()
    {
        var cluster = Joined();
        StopVoters(cluster);
        cluster.Give(Witness, new Input.Raised(cluster.Panic(4, Witness, windowMs: 2_000), new DeviceRef(0, 1)));
        cluster.Run(3);
        foreach (var voter in new[] { 0, 1, 2 })
        {
            cluster.Start(voter);
        }

        cluster.RunUntil(() => cluster.Status(Witness).Master is not null, 3).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(Witness).Any(), 0.2).ShouldBeTrue();
    }

    [Fact]
    public void Word_ForWhichNobodyWaits_IsOverWithItsAnswer()
    {
        var cluster = Joined();
        cluster.Give(Witness, new Input.Raised(Fault(cluster, 1), null));
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(Witness).Any(), 1).ShouldBeTrue();
        cluster.Run(1);
        cluster.Disks[Witness].State.Outbox.ShouldBeEmpty();
        cluster.Disks[cluster.Master].Entries.ShouldNotContain(entry => entry.Payload is EntryPayload.Released);
    }
}
