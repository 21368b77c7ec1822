using System.Collections.Concurrent;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using ClusterRas.Transport.Urma;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>What goes wrong on jetties and on no other wire.</summary>
public sealed class UrmaFaultTests
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly Die Die1 = TransportPair.Die1;

    [Theory]
    [InlineData("liburma_sim_2412.so", "24.12")]
    [InlineData("liburma_sim_251281.so", "25.12.0.B081")]
    [InlineData("liburma_sim_lame.so", "lacks urma_flush_jetty")]
    [InlineData("liburma_none.so", "cannot be loaded")]
    public void Library_ThatIsNotSupported_IsRefusedWithTheReason(string file, string reason)
    {
        _ = Simulation.LibraryPath;

        UrmaLibrary.TryLoad(Path.Combine(Simulation.Folder, file), out _, out var said).ShouldBeFalse();

        said.ShouldContain(reason);
    }

    [Theory]
    [InlineData("liburma_sim.so", true)]
    [InlineData("liburma_sim_2512.so", false)]
    public void Library_OfASupportedLine_IsToldApart(string file, bool hasPriorities)
    {
        _ = Simulation.LibraryPath;

        UrmaLibrary.TryLoad(Path.Combine(Simulation.Folder, file), out var library, out _).ShouldBeTrue();

        library.HasPriorities.ShouldBe(hasPriorities);
        library.IsSimulated.ShouldBeTrue();
        library.Name.ShouldStartWith("simulated ");
    }

    [Fact]
    public async Task Library_OtherThanTheProcessHas_LeavesLinksClosedAndSaysWhy()
    {
        await using var pair = new UrmaPair();
        await using var other = new UrmaTransport(
            TransportPair.NodeA,
            [new UrmaLinkAddress(pair.ToB(Die0), pair.EidsOfA[0], pair.EidsOfB[0])],
            pair.Options with
            {
                LibraryPath = Path.Combine(Simulation.Folder, "liburma_sim_2512.so"),
            }
        );
        var sink = new RecordingSink();

        await other.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        other.WhyNot(pair.ToB(Die0)).ShouldNotBeNull().ShouldContain("this process uses");
    }

    [Fact]
    public async Task Eid_OnNoDevice_LeavesItsRailClosedAndTheOtherOpen()
    {
        await using var pair = new UrmaPair();
        await pair.StartBAsync();
        await using var lone = new UrmaTransport(
            TransportPair.NodeA,
            [
                new UrmaLinkAddress(pair.ToB(Die0), Simulation.NewEid(), pair.EidsOfB[0]),
                new UrmaLinkAddress(pair.ToB(Die1), pair.EidsOfA[1], pair.EidsOfB[1]),
            ],
            pair.Options
        );
        var sink = new RecordingSink();

        await lone.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Opened(pair.ToB(Die1)));
        await sink.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        lone.WhyNot(pair.ToB(Die0)).ShouldNotBeNull().ShouldContain("has eid");
        lone.WhyNot(pair.ToB(Die1)).ShouldBeNull();
    }

    [Fact]
    public async Task Jetty_Taken_IsSaidAndLookedForAgain()
    {
        await using var pair = new UrmaPair();
        await pair.StartAAsync();
        var link = pair.ToB(Die0);
        var second = new UrmaTransport(
            TransportPair.NodeA,
            [new UrmaLinkAddress(link, pair.EidsOfA[0], pair.EidsOfB[0])],
            pair.Options
        );
        var sink = new RecordingSink();
        await using (second)
        {
            await second.StartAsync(sink, CancellationToken.None);
            await sink.WaitForAsync(new Noted.Closed(link, LinkLoss.Unreachable));
            second.WhyNot(link).ShouldNotBeNull().ShouldContain("taken");

            await pair.A.DisposeAsync();
            await pair.StartBAsync();

            await sink.WaitForAsync(new Noted.Opened(link));
        }
    }

    [Fact]
    public async Task Device_Lost_ClosesItsLinksAndComesBack()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();

        Simulation.Command($"kill {pair.DevicesOfA[0]}");
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);
        pair.A.Send(pair.ToB(Die1), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die1), 1);

        Simulation.Command($"revive {pair.DevicesOfA[0]}");
        await pair.OpenAsync();
        pair.A.Send(pair.ToB(Die0), Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }

    [Fact]
    public async Task Peer_WithAnotherJetty_NeverOpens()
    {
        await using var pair = new UrmaPair();
        await pair.StartAAsync();
        await using var other = new UrmaTransport(
            TransportPair.NodeB,
            [new UrmaLinkAddress(pair.ToA(Die0), pair.EidsOfB[0], pair.EidsOfA[0])],
            pair.Options with
            {
                Jetty = new JettyId(JettyId.Max),
            }
        );
        var sink = new RecordingSink();

        await other.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Closed(pair.ToA(Die0), LinkLoss.Unreachable));
        other.WhyNot(pair.ToA(Die0)).ShouldNotBeNull().ShouldContain("status 9");
        pair.AtA.All.ShouldNotContain(one => one is Noted.Opened && one.Link == pair.ToB(Die0));
    }

    [Fact]
    public async Task Stranger_IsNotHeard()
    {
        await using var pair = new UrmaPair();
        var eid = Simulation.NewEid();
        var device = Simulation.AddDevice(eid);
        await pair.StartAsync();
        await using (
            var stranger = new UrmaTransport(
                new NodeId(2),
                [new UrmaLinkAddress(pair.ToA(Die0), eid, pair.EidsOfA[0])],
                pair.Options
            )
        )
        {
            var sink = new RecordingSink();
            await stranger.StartAsync(sink, CancellationToken.None);
            // Its hellos arrive at the device and are left without an answer.
            await sink.WaitForAsync(new Noted.Closed(pair.ToA(Die0), LinkLoss.Unreachable));
            pair.B.Send(pair.ToA(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
            await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), 1);
            sink.All.ShouldNotContain(one => one is Noted.Opened);
        }

        pair.AtA.All.Count(one => one is Noted.Opened).ShouldBe(3);
        Simulation.Command($"remove {device}");
    }

    [Fact]
    public async Task KernelMessages_AreHeardAndHeartbeatsAnswered()
    {
        await using var pair = new UrmaPair();
        await pair.StartBAsync();
        var heard = new ConcurrentQueue<(Die Die, Eid From, NodeMessage Message)>();
        await using var a = new UrmaTransport(
            TransportPair.NodeA,
            [new UrmaLinkAddress(pair.ToB(Die0), pair.EidsOfA[0], pair.EidsOfB[0])],
            pair.Options
        )
        {
            NodeMessageHeard = (die, from, message) => heard.Enqueue((die, from, message)),
        };
        var sink = new RecordingSink();
        await a.StartAsync(sink, CancellationToken.None);
        await sink.WaitForAsync(new Noted.Opened(pair.ToB(Die0)));
        var panic = new NodeMessage(NodeMessageType.Panic, 0x123456, 35_000, 0xdeadbeef, 0, pair.EidsOfB[0]);

        pair.TransportB.Say(pair.ToA(Die0), panic).ShouldBeTrue();
        a.Say(pair.ToB(Die0), new NodeMessage(NodeMessageType.Heartbeat, 0, 0, 0, 0, Eid.None)).ShouldBeTrue();

        await Until.SoAsync(() => heard.Count == 2);
        heard.ShouldBe(
            [(Die0, pair.EidsOfB[0], panic), (Die0, pair.EidsOfB[0], NodeMessage.HeartbeatAck)],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Close_WhileThePeerStillTakes_LosesNothingToTheNextHello()
    {
        await using var pair = new UrmaPair { OpenWithin = TimeSpan.FromMilliseconds(20) };
        await pair.StartAsync();
        pair.AtB.Hold();
        pair.A.Send(pair.ToB(Die0), Said.Refused("another cluster")).ShouldBe(SendOutcome.Queued);

        pair.A.Close(pair.ToB(Die0), "another cluster");

        // A has ended it, said hello once more, and had no answer: B still has a frame in hand.
        await pair.AtA.WaitAsync(all => all.Contains(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable)));
        pair.AtB.Release();
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        pair.AtB.Frames(pair.ToA(Die0)).ShouldBe([Said.Refused("another cluster")]);
    }

    [Fact]
    public void Init_ThatFails_IsOneLineAndNothingListsDevices()
    {
        using var child = UrmaChild.Start("init", "init-status 4096");

        // A list of devices after a failed init spins for ever: then this would never come.
        child.WaitForLine(line => line.Contains("init of simulated", StringComparison.Ordinal));
        child.WaitForLine(line => line == "ended");
    }

    [Fact]
    public void Init_OfSomebodyElse_IsAsGood()
    {
        _ = Simulation.LibraryPath;
        using var child = UrmaChild.Start("second", $"fabric {Simulation.Fabric};device child {new Eid(1, 1)}");

        // Its own init says 17; it has found its device all the same, and nobody at the peer's address.
        child.WaitForLine(line => line.Contains("completion status 9", StringComparison.Ordinal));
        child.WaitForLine(line => line == "ended");
    }

    [Fact]
    public async Task Peer_KilledWhileItSends_AndStartedAgain_IsFoundAgain()
    {
        await using var pair = new UrmaPair();
        await pair.StartAAsync();
        for (var life = 1; life <= 3; life++)
        {
            var before = pair.AtA.Frames(pair.ToB(Die0)).Count();
            using (var child = UrmaChild.StartSender(pair))
            {
                await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), before + 1000);
                child.Kill();
            }

            await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        }

        await pair.StartBAsync();
        await pair.OpenAsync();
        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }
}
