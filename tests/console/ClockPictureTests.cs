using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Tests;

public sealed class ClockPictureTests
{
    private readonly Dictionary<NodeId, long> aheadMs = new()
    {
        [Known.Node(1)] = 0,
        [Known.Node(2)] = 0,
        [Known.Node(3)] = 0,
        [Known.Node(4)] = 0,
        [Known.Node(5)] = 0,
    };

    private readonly Known known = new() { Master = Known.Node(2) };

    [Fact]
    public void Clocks_ThatAgreeButForTheWay_AreToldByNobody()
    {
        aheadMs[Known.Node(2)] = 1999;

        Ahead().ShouldBe(0);
        Differences().ShouldBe("");
    }

    [Theory]
    [InlineData(12_400, 12_000)]
    [InlineData(-12_600, -13_000)]
    public void ClockOfTheServingNode_IsToldToTheSecond(long ms, long told)
    {
        // What this node is ahead of the others, all others are behind it.
        foreach (var other in aheadMs.Keys.Where(node => node != Known.Node(1)).ToList())
        {
            aheadMs[other] = ms;
        }

        Ahead().ShouldBe(told);
        Differences()
            .ShouldBe(
                $"Clocks differ from that of n02, the master, by which times are shown: n01 {Math.Abs(told) / 1000} s {(ms > 0 ? "ahead" : "behind")}"
            );
    }

    [Fact]
    public void ClockOfTheMaster_IsTheMeasure()
    {
        aheadMs[Known.Node(2)] = -3_600_000;

        Ahead().ShouldBe(-3_600_000);
        Differences()
            .ShouldBe(
                "Clocks differ from that of n02, the master, by which times are shown: n01 1 h behind, n03 1 h behind, n04 1 h behind, n05 1 h behind"
            );
    }

    [Fact]
    public void ClockOfANodeThatIsNotHeard_IsNoMatter()
    {
        aheadMs[Known.Node(3)] = -200_000;
        Differences().ShouldEndWith(": n03 3 min ahead");
        known.Health[3] = NodeHealth.Unheard;

        Differences().ShouldBe("");
    }

    [Fact]
    public void MasterThatHasNotSaid_IsNotGuessed()
    {
        aheadMs.Remove(Known.Node(2));
        aheadMs[Known.Node(3)] = 100_000;

        Ahead().ShouldBeNull();
        Differences().ShouldBe("");
        known.Master = null;
        Ahead().ShouldBeNull();
    }

    private long? Ahead() => ClockPicture.AheadOfMasterMs(known.Status(), AheadOf);

    private string Differences() => ClockPicture.Differences(known.Status(), AheadOf);

    private long? AheadOf(NodeId node) => aheadMs.TryGetValue(node, out var ms) ? ms : null;
}
