using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Oracles;
using static ClusterRas.Simulation.Tests.Trace;

namespace ClusterRas.Simulation.Tests;

/// <summary>What the oracles of the control group must report.</summary>
public sealed class GroupOracleTests
{
    private static readonly Words OfC = WordsOf(A, C);

    private static Voter Seat(NodeId node) => new(node, DiskOf(node));

    private static EntryPayload.GroupChanged Without(NodeId node, params NodeId[] left) =>
        new([.. left.Select(Seat)], Seat(node), GroupCause.Died, new IncidentId(new LogIndex(2)));

    /// <summary>Node C was told to die, and that is committed at 2.</summary>
    private static Trace Told() => Founded().Raise(OfC).Agree(Entry(2, Opened(OfC, C)));

    [Fact]
    public void Group_ToldVoterRemoved_IsFine() =>
        Told().Store(A, Entry(3, Without(C, A, B))).Judge(new GroupRules(new ProtocolOptions())).ShouldBeNull();

    [Fact]
    public void Group_TwoSeatsAtOnce_IsReported() =>
        Told()
            .Store(A, Entry(3, Without(C, A)))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("more than one seat");

    [Fact]
    public void Group_ChangedBeforeTheFirstCommitOfItsTerm_IsReported() =>
        Told()
            .Store(A, Entry(3, Without(C, A, B), term: 4))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("before anything of term 4");

    [Fact]
    public void Group_ChangedWhileAnotherChangeIsOpen_IsReported() =>
        Told()
            .Store(A, Entry(3, Without(C, A, B)), Entry(4, Without(B, A)))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("while the one at 3 is not committed");

    [Fact]
    public void Group_RemovalWithoutAWord_IsReported() =>
        Founded()
            .Store(A, Entry(2, Without(C, A, B)))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("is not committed or not about it");

    [Fact]
    public void Group_LeftWithoutALiveMajority_IsReported() =>
        Told()
            .Add(new Simulator.Sighting.Stopped(TimeSpan.FromSeconds(20), B, "off"))
            .After(2)
            .Store(A, Entry(3, Without(C, A, B)))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("only [#0] live");

    [Fact]
    public void Group_RemovalSentToTheRemoved_IsReportedUntilItIsCommitted()
    {
        var removal = Entry(3, Without(C, A, B));
        var append = new Message.AppendEntries(
            new Term(1),
            DiskOf(A),
            new LogIndex(2),
            new Term(1),
            new LogIndex(2),
            9,
            [removal]
        );
        Told()
            .Store(A, removal)
            .Send(A, C, append)
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("its own removal");
        Told()
            .Store(A, removal)
            .Store(B, removal)
            .Commit(A, removal)
            .Send(A, C, append)
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldBeNull();
    }

    [Fact]
    public void Group_CommittedByTheNewerMajority_IsFineAndByFewerIsReported()
    {
        var removal = Entry(3, Without(C, A, B));
        Told().Store(A, removal).Store(B, removal).Commit(A, removal).Judge(new DurableAnswers()).ShouldBeNull();
        Told()
            .Store(A, removal)
            .Store(C, removal)
            .Commit(A, removal)
            .Judge(new DurableAnswers())
            .ShouldNotBeNull()
            .ShouldContain("only the disks of [#0] hold it");
    }

    [Fact]
    public void RefusedMap_NodeWithAnotherMapTakesTheLog_IsReported() =>
        Founded()
            .StartOnAnotherMap(C, Founding)
            .Store(C, Entry(2, new EntryPayload.NoOp()))
            .Judge(new RefusedMap())
            .ShouldNotBeNull()
            .ShouldContain("on a map that is not the others'");

    [Fact]
    public void RefusedMap_LastVoterWithAnotherMapLeads_IsFine() =>
        Founded()
            .StartOnAnotherMap(C, Founding, Entry(2, Without(A, B, C)), Entry(3, Without(B, C)))
            .Store(C, Entry(4, new EntryPayload.NoOp()))
            .Judge(new RefusedMap())
            .ShouldBeNull();

    [Fact]
    public void Disk_CalledLostThatIsTheSameAsEver_IsReported() =>
        Founded()
            .Store(A, Entry(2, new EntryPayload.DiskLost(B, DiskOf(B), DiskOf(B))))
            .Judge(new GroupRules(new ProtocolOptions()))
            .ShouldNotBeNull()
            .ShouldContain("never went back");
}
