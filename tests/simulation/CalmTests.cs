using ClusterRas.Fabric;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulation.Tests;

/// <summary>The assumptions of L1, over made-up plans: five nodes, a word at 30 s, followed until 33.5 s.</summary>
public sealed class CalmTests
{
    private static readonly Shape Five = new(5, 5, 1, false);
    private static readonly Shape FiveByTwo = new(5, 5, 2, false);
    private static readonly TimeSpan From = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan To = TimeSpan.FromSeconds(33.5);
    private static readonly NodeId Witness = new(4);

    [Fact]
    public void Calm_NoFault_Holds() => Holds(Five).ShouldBeTrue();

    [Fact]
    public void Calm_BeforeTheClusterIsFounded_DoesNotHold() =>
        Calm.Holds([], Five, Witness, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5.5)).ShouldBeFalse();

    [Fact]
    public void Calm_MasterDiesInTheMiddle_Holds() =>
        Holds(Five, new Fault.Panic(At(31), new NodeId(0), 10_000, null)).ShouldBeTrue();

    [Fact]
    public void Calm_TwoVotersDown_Holds() => Holds(Five, Gone(0), Gone(1)).ShouldBeTrue();

    [Fact]
    public void Calm_ThreeVotersDown_DoesNotHold() => Holds(Five, Gone(0), Gone(1), Gone(2)).ShouldBeFalse();

    [Fact]
    public void Calm_ThreeVotersDownLongAgoAndBack_Holds() =>
        Holds(Five, Crash(5, 0), Crash(5, 1), Crash(5, 2)).ShouldBeTrue();

    [Fact]
    public void Calm_ThreeVotersJustBack_DoesNotHold() =>
        Holds(Five, Crash(22, 0), Crash(22, 1), Crash(22, 2)).ShouldBeFalse();

    [Fact]
    public void Calm_WitnessDies_DoesNotHold() => Holds(Five, Crash(32, 4)).ShouldBeFalse();

    [Fact]
    public void Calm_WitnessPauses_DoesNotHold() =>
        Holds(Five, new Fault.Pause(At(31), Witness, Seconds(0.2), false)).ShouldBeFalse();

    [Fact]
    public void Calm_ThreeSlowDisks_DoesNotHold() => Holds(Five, Slow(0), Slow(1), Slow(2)).ShouldBeFalse();

    [Fact]
    public void Calm_Noise_DoesNotHold() =>
        Holds(Five, new Fault.Noise(At(29), Seconds(2), NodeSet.All(5), 100, 0, 0, default)).ShouldBeFalse();

    [Fact]
    public void Calm_NoiseLongOver_Holds() =>
        Holds(Five, new Fault.Noise(At(9), Seconds(2), NodeSet.All(5), 100, 0, 0, default)).ShouldBeTrue();

    [Fact]
    public void Calm_WitnessWithTheMinority_DoesNotHold() =>
        Holds(Five, Cut(new NodeSet(0b00111), new NodeSet(0b11000))).ShouldBeFalse();

    [Fact]
    public void Calm_WitnessWithTheMajority_Holds() =>
        Holds(Five, Cut(new NodeSet(0b00011), new NodeSet(0b11100))).ShouldBeTrue();

    [Fact]
    public void Calm_BridgeShapedCut_Holds() =>
        Holds(Five, Cut(new NodeSet(0b00011), new NodeSet(0b11000))).ShouldBeTrue();

    [Fact]
    public void Calm_OneWayCutOfWitness_DoesNotHold() =>
        Holds(
                Five,
                new Fault.Cut(At(29), Seconds(5), NodeSet.One(Witness), NodeSet.All(5), 3, OneWay: true, Holds: false)
            )
            .ShouldBeFalse();

    [Fact]
    public void Calm_OneRailCut_Holds() =>
        Holds(FiveByTwo, Cut(NodeSet.All(5), NodeSet.All(5)) with { DieMask = 1 }).ShouldBeTrue();

    [Fact]
    public void Calm_BothRailsCutOneAfterTheOther_DoesNotHold() =>
        Holds(
                FiveByTwo,
                Cut(NodeSet.All(5), NodeSet.All(5)) with
                {
                    DieMask = 1,
                },
                Cut(NodeSet.All(5), NodeSet.All(5)) with
                {
                    DieMask = 2,
                    At = At(31),
                }
            )
            .ShouldBeFalse();

    [Fact]
    public void Calm_EveryKindAtTheWitness_HoldsOnlyForThoseThatAreHarmless()
    {
        // A kind that is added and not thought of here is taken to be harmful.
        string[] harmless =
        [
            "clock drift",
            "wall clock jump",
            "late handlers",
            "hung handlers",
            "failing handlers",
            "handlers answer twice",
            "local event",
            "said of itself",
            "said of a healthy node",
            "forged record",
            "unlucky seat",
            "driver reload",
            "standstill to a window's end",
            "stranger's frames",
            "handover",
        ];
        foreach (var kind in FaultKinds.All)
        {
            var fault = kind.Draw(new Dice(new Protocol.Prng(5), FiveByTwo), At(29.9)).BegunAt(At(29.9), Witness);
            var struck = fault is Fault.OfNode ofNode ? ofNode with { Node = Witness } : fault;
            if (struck is not (Fault.Series or Fault.Cut))
            {
                Holds(FiveByTwo, struck).ShouldBe(harmless.Contains(kind.Name), kind.Name);
            }
        }
    }

    [Fact]
    public void Calm_PartsOfASeries_CountWhenTheyBegin() =>
        Holds(
                Five,
                new Fault.Series(At(29), "all but one panic", []),
                new Fault.Panic(At(29), new NodeId(0), 10_000, null),
                new Fault.Panic(At(29), new NodeId(1), 10_000, null),
                new Fault.Panic(At(29), new NodeId(2), 10_000, null)
            )
            .ShouldBeFalse();

    [Fact]
    public void Calm_LostDisk_CostsTheSeatForGood() => Holds(Five, Flip(0), Flip(1), Flip(2)).ShouldBeFalse();

    [Fact]
    public void Calm_LostDisksOfAMinority_Holds() => Holds(Five, Flip(0), Flip(1)).ShouldBeTrue();

    [Fact]
    public void Calm_LostDiskOfTheWitnessLongAgo_Holds() => Holds(Five, Flip(4)).ShouldBeTrue();

    [Fact]
    public void Calm_LongPauseOfAMinority_Holds() =>
        Holds(Five, new Fault.Pause(At(9), new NodeId(0), Seconds(60), false)).ShouldBeTrue();

    [Fact]
    public void Calm_UnrestFromTheBeginningOn_DoesNotHold() =>
        Holds(Five, new Fault.PowerCut(At(0.5), new NodeId(0), Seconds(60))).ShouldBeFalse("nobody could be founded");

    [Fact]
    public void Calm_UnrestAtTheBeginningAndThenQuiet_Holds() =>
        Holds(Five, new Fault.PowerCut(At(0.5), new NodeId(0), Seconds(5))).ShouldBeTrue();

    private static bool Holds(Shape shape, params Fault[] faults) => Calm.Holds(faults, shape, Witness, From, To);

    private static Fault.PowerCut Gone(int node) => new(At(10), new NodeId(node), null);

    private static Fault.ProcessCrash Crash(double at, int node) => new(At(at), new NodeId(node), Seconds(1), 0);

    private static Fault.BitFlip Flip(int node) => new(At(9), new NodeId(node), Seconds(1));

    private static Fault.SlowDisk Slow(int node) => new(At(29), new NodeId(node), Seconds(5), Seconds(0.3));

    private static Fault.Cut Cut(NodeSet from, NodeSet to) => new(At(29), Seconds(5), from, to, 3, false, false);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
