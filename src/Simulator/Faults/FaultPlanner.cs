using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>Draws a <see cref="FaultPlan"/> from a seed.</summary>
internal sealed class FaultPlanner
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);
    private const ulong GroupStorySalt = 0x6720_7570_5ea7_0001;
    private readonly Prng chance;
    private readonly Shape shape;
    private readonly List<Fault> faults = [];
    private NodeSet gone;

    private FaultPlanner(Prng chance, Shape shape) => (this.chance, this.shape) = (chance, shape);

    /// <summary>The plan of this seed.</summary>
    /// <param name="nodeCount">3, 5 or 16; null: drawn.</param>
    public static FaultPlan Draw(ulong seed, int? nodeCount)
    {
        var chance = new Prng(seed);
        var shape = Shape.Draw(chance, nodeCount);
        return new FaultPlanner(chance, shape).Draw(seed);
    }

    private FaultPlan Draw(ulong seed)
    {
        // A third of the lives are nearly quiet: there the promises of time apply, not only those of safety.
        var roughness = chance.Below(3);
        var length = TimeSpan.FromSeconds(8 + chance.Below(18));
        var faultsEnd = Calm + length;
        var count = roughness == 0 ? chance.Below(2) : 1 + chance.Below(4 * roughness);
        for (var i = 0L; i < count; i++)
        {
            faults.Add(DrawFault(Calm + chance.Below(length)));
        }

        var words = 1 + chance.Below(4);
        for (var i = 0L; i < words; i++)
        {
            faults.Add(DrawWord(Calm + chance.Below(length)));
        }

        new GroupStory(new Prng(seed ^ GroupStorySalt), shape, faults, gone).Draw(Calm, length);
        faults.Sort(static (left, right) => left.At.CompareTo(right.At));
        var lastEnds = faults.Max(EndsBy) + TimeSpan.FromSeconds(12);
        var quietEnd = faultsEnd + TimeSpan.FromSeconds(20);
        var end = lastEnds > quietEnd ? lastEnds : quietEnd;
        var fast = chance.Chance(3, 4);
        return new FaultPlan(
            seed,
            shape,
            [.. Enumerable.Range(0, shape.NodeCount).Select(_ => chance.Below(TimeSpan.FromSeconds(1)))],
            chance.Chance(1, 5) ? new NodeSet((uint)chance.NextBits() & NodeSet.All(shape.NodeCount).Bits) : default,
            TimeSpan.FromMicroseconds(fast ? 30 : 500),
            TimeSpan.FromMicroseconds(fast ? 1500 : 20_000),
            TimeSpan.FromMilliseconds(chance.Chance(3, 4) ? 3 : 20),
            DrawHandlers(),
            [.. faults],
            faultsEnd,
            end,
            chance.Chance(1, 4) ? 4 + (int)chance.Below(12) : null
        );
    }

    private Fault DrawFault(TimeSpan at) =>
        chance.Below(12) switch
        {
            0 or 1 => new Fault.ProcessCrash(at, AnyNode(), Between(50, 5_000), (int)chance.Below(6)),
            2 => DrawPowerCut(at),
            3 or 4 => new Fault.Pause(at, AnyNode(), Between(100, 5_000), chance.Chance(1, 2)),
            5 => new Fault.SlowDisk(at, AnyNode(), Between(500, 8_000), Between(50, 1_500)),
            6 => new Fault.StalledDisk(at, AnyNode(), Between(200, 6_000)),
            7 => DrawNoise(at),
            _ => DrawCut(at),
        };

    private Fault DrawWord(TimeSpan at)
    {
        // Windows end within the run, so that each word can be followed to its end. 35 s is the stock kernel's.
        var windowMs = (int)(chance.Chance(1, 6) ? 35_000 : 2_000 + (1_000 * chance.Below(9)));
        switch (chance.Below(8))
        {
            case 0:
                return new Fault.Local(at, SomeNode(), DrawLocalKind(out var waits), waits ? windowMs : 0);
            case 1:
                var caller = SomeNode();
                var victim = chance.Chance(1, 2) ? caller : SomeNode();
                return new Fault.Said(at, caller, victim, DrawFatalKind(), windowMs + (int)chance.Below(1_000));
            case 2 or 3:
                var panicAfter = chance.Chance(1, 3) ? Between(100, 12_000) : (TimeSpan?)null;
                return new Fault.KernelReboot(at, AnyNode(), windowMs, Between(500, 15_000), panicAfter);
            default:
                var (node, reboot) = DrawEnd(Between(500, 15_000));
                return new Fault.Panic(at, node, windowMs, reboot);
        }
    }

    private Fault.PowerCut DrawPowerCut(TimeSpan at)
    {
        var (node, back) = DrawEnd(Between(1_000, 15_000));
        return new Fault.PowerCut(at, node, back);
    }

    // Who never comes back is known by name, and a majority of voters always does.
    private (NodeId? Node, TimeSpan? Back) DrawEnd(TimeSpan back)
    {
        var node = SomeNode();
        var mayGo = gone.With(node);
        var goneVoters = mayGo.Nodes().Count(shape.Topology.IsControl);
        if (goneVoters > (shape.VoterCount - 1) / 2 || chance.Chance(2, 3))
        {
            return (chance.Chance(1, 3) ? null : node, back);
        }

        gone = mayGo;
        return (node, null);
    }

    private Fault.Cut DrawCut(TimeSpan at)
    {
        var all = NodeSet.All(shape.NodeCount);
        var rail = shape.DieCount == 2 && chance.Chance(1, 3) ? 1 << (int)chance.Below(2) : 3;
        var (from, to) = chance.Below(4) switch
        {
            0 => (NodeSet.One(SomeNode()), all),
            1 => (NodeSet.One(SomeNode()), NodeSet.One(SomeNode())),
            2 when rail != 3 => (all, all),
            _ => Split(all),
        };
        return new Fault.Cut(at, Between(100, 8_000), from, to, rail, chance.Chance(1, 4), chance.Chance(1, 4));
    }

    private (NodeSet From, NodeSet To) Split(NodeSet all)
    {
        var some = new NodeSet((uint)chance.NextBits() & all.Bits);
        var others = all.Without(some);

        // A bridge: one node keeps both sides, and both sides keep it.
        return chance.Chance(1, 3) ? (some, others.Without(NodeSet.One(SomeNode()))) : (some, others);
    }

    private Fault.Noise DrawNoise(TimeSpan at)
    {
        var among = chance.Chance(1, 2)
            ? NodeSet.All(shape.NodeCount)
            : NodeSet.One(SomeNode()).With(SomeNode()).With(SomeNode());
        return new Fault.Noise(
            at,
            Between(500, 10_000),
            among,
            (int)chance.Below(400),
            (int)chance.Below(200),
            chance.Chance(1, 2) ? (int)chance.Below(300) : 0,
            Between(1, chance.Chance(1, 4) ? 2_000 : 60)
        );
    }

    private ImmutableArray<HandlerPlan> DrawHandlers()
    {
        ReadOnlySpan<string> names = ["drain", "fence", "page"];
        var handlers = ImmutableArray.CreateBuilder<HandlerPlan>();
        for (var i = chance.Below(4) - 1; i >= 0; i--)
        {
            EquatableArray<EventKind> kinds = [EventKind.Panic, EventKind.KernelReboot, EventKind.OutOfMemory];
            var declaration = new HandlerDeclaration(
                names[(int)i],
                kinds,
                TimeSpan.FromMilliseconds(200 + chance.Below(2_800)),
                chance.Chance(1, 2),
                chance.Chance(1, 2),
                chance.Chance(1, 8)
            );
            var silent = chance.Chance(1, 3) ? (int)chance.Below(500) : 0;
            handlers.Add(new HandlerPlan(declaration, SomeNode(), Between(1, 2_000), silent, (int)chance.Below(200)));
        }

        return handlers.ToImmutable();
    }

    private EventKind DrawLocalKind(out bool waits)
    {
        var kind = chance.Below(4) switch
        {
            0 => EventKind.PowerOff,
            1 => EventKind.MemoryFault,
            2 => EventKind.LinkChange,
            _ => EventKind.OutOfMemory,
        };
        waits = kind == EventKind.PowerOff || (kind == EventKind.OutOfMemory && chance.Chance(1, 2));
        return kind;
    }

    private EventKind DrawFatalKind() => chance.Chance(1, 2) ? EventKind.Panic : EventKind.KernelReboot;

    private NodeId SomeNode() => new((int)chance.Below(shape.NodeCount));

    private NodeId? AnyNode() => chance.Chance(1, 3) ? null : SomeNode();

    private TimeSpan Between(int minMs, int maxMs) =>
        TimeSpan.FromMilliseconds(minMs) + chance.Below(TimeSpan.FromMilliseconds(maxMs - minMs));

    // When windows are over and machines are back: the run goes on beyond that, so that each word ends in a stated way.
    private static TimeSpan EndsBy(Fault fault) =>
        fault.At
        + fault switch
        {
            Fault.PowerCut cut => cut.For ?? default,
            Fault.Wipe wipe => wipe.For,
            Fault.PlannedStop stop => stop.Waits + (stop.Back ?? default),
            Fault.UnluckySeat seat => seat.For,
            Fault.Panic panic => Ms(panic.WindowMs) + (panic.RebootAfter ?? default),
            Fault.KernelReboot { PanicAfter: { } panic } reboot => (Ms(reboot.WindowMs) * 2)
                + panic
                + (reboot.RebootAfter ?? default),
            Fault.KernelReboot reboot => Ms(reboot.WindowMs) + (reboot.RebootAfter ?? default),
            Fault.Said said => Ms(said.WindowMs),
            Fault.Local local => Ms(local.WindowMs),
            _ => default,
        };

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
