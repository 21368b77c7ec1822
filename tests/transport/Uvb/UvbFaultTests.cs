using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>What goes wrong with windows and on no other wire.</summary>
public sealed class UvbFaultTests
{
    private static readonly Die Die0 = TransportPair.Die0;

    [Theory]
    [InlineData("libcras_uvb_none.so", "cannot be loaded")]
    [InlineData("liburma_sim.so", "lacks cras_uvb_version")]
    [InlineData("libcras_uvb_2.so", "has version 2.0; supported is 1")]
    public void Library_ThatIsNone_IsRefusedWithTheReason(string file, string reason)
    {
        _ = UvbPair.Library;

        UvbLibrary.TryLoad(Path.Combine(Simulation.Folder, file), out _, out var said).ShouldBeFalse();

        said.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public async Task Library_OtherThanTheProcessHas_LeavesLinksClosedAndSaysWhy()
    {
        await using var pair = new UvbPair();
        await pair.StartAsync();
        await using var other = new UvbTransport(
            TransportPair.NodeA,
            pair.AddressesOfA,
            pair.Options with
            {
                LibraryPath = "libcras_uvb_other.so",
            }
        );
        var sink = new RecordingSink();

        await other.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        other.WhyNot(pair.ToB(Die0)).ShouldNotBeNull().ShouldContain("this process uses");
    }

    [Fact]
    public async Task Driver_ThatIsNotThere_LeavesLinksClosedAndSaysWhy()
    {
        await using var pair = new UvbPair();
        await using var lone = new UvbTransport(
            TransportPair.NodeA,
            pair.AddressesOfA,
            pair.Options with
            {
                DevicePath = "/dev/cras_uvb_none",
            }
        );
        var sink = new RecordingSink();

        await lone.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        lone.WhyNot(pair.ToB(Die0)).ShouldNotBeNull().ShouldContain("finds no UVB here");
        lone.IsSimulated.ShouldBeTrue();
    }

    [Fact]
    public async Task Cna_OfAnotherProcess_IsSaidAndLookedForAgain()
    {
        await using var pair = new UvbPair();
        var first = pair.NewA();
        await first.StartAsync(new RecordingSink(), CancellationToken.None);

        await pair.StartAAsync();
        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        pair.TransportA.WhyNot(pair.ToB(Die0)).ShouldBe($"CNA {UvbPair.CnasOfA[0]} is another process's");

        await first.DisposeAsync();
        await pair.StartBAsync();
        await pair.OpenAsync();
    }

    [Fact]
    public async Task Stranger_IsNotHeard()
    {
        await using var pair = new UvbPair();
        await pair.StartAsync();
        await using var stranger = new UvbTransport(
            TransportPair.NodeB,
            [new UvbLinkAddress(pair.ToA(Die0), new Cna(77), UvbPair.CnasOfA[0])],
            pair.Options
        );
        var sink = new RecordingSink();

        await stranger.StartAsync(sink, CancellationToken.None);

        await sink.WaitForAsync(new Noted.Closed(pair.ToA(Die0), LinkLoss.Refused));
        pair.AtA.SinceOpen(pair.ToB(Die0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cnas_ManyDead_DelayNobody()
    {
        const int Dead = 15;
        await using var pair = new UvbPair();
        UvbLibrary.TryOpen(UvbPair.Library, out var library, out var reason).ShouldBeTrue(reason);
        var silent = new List<UvbPort>();
        for (var number = 0; number < Dead; number++)
        {
            UvbPort
                .TryOpen(library, pair.Device, new Cna(100 + (uint)number), out var port, out reason)
                .ShouldBeTrue(reason);
            silent.Add(port);
        }

        var dead = Enumerable
            .Range(0, Dead)
            .Select(number => new UvbLinkAddress(
                new LinkId(new NodeId(2 + number), Die0, TransportKind.Uvb),
                UvbPair.CnasOfA[0],
                new Cna(100 + (uint)number)
            ))
            .ToArray();
        await pair.StartBAsync();
        var sink = new RecordingSink();
        await using (
            var a = new UvbTransport(
                TransportPair.NodeA,
                [.. dead, pair.AddressesOfA[0]],
                pair.Options with
                {
                    // Were they asked one after the other, the living one would be asked in hours.
                    CallWithin = TimeSpan.FromMinutes(20),
                }
            )
        )
        {
            await a.StartAsync(sink, CancellationToken.None);
            await sink.WaitForAsync(new Noted.Opened(pair.ToB(Die0)));
            a.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
            await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
            sink.All.ShouldBe([new Noted.Opened(pair.ToB(Die0))]);
            // What waits for them ends when they are gone.
            foreach (var port in silent)
            {
                AnswerAll(port);
            }
        }
    }

    [Fact]
    public async Task Peer_KilledWhileItSends_AndStartedAgain_IsFoundAgain()
    {
        await using var pair = new UvbPair();
        await pair.StartAAsync();
        for (var life = 0; life < 3; life++)
        {
            using (var child = new UvbChild(pair))
            {
                var from = pair.AtA.Frames(pair.ToB(Die0)).Count();
                await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), from + 100);
                child.Kill();
            }

            await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        }

        await pair.StartBAsync();
        await pair.OpenAsync();
        await pair.DeliverAsync(Die0, Said.Word(1));
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }

    [Fact]
    public async Task Close_WhileThePeerStillTakes_LosesNothingToTheNextHello()
    {
        await using var pair = new UvbPair();
        await pair.StartAsync();
        pair.AtB.Hold();
        for (var number = 0; number < 3; number++)
        {
            pair.A.Send(pair.ToB(Die0), Said.Word(number)).ShouldBe(SendOutcome.Queued);
        }

        pair.A.Close(pair.ToB(Die0), "test");
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        pair.AtB.Release();

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 3);
        await pair.OpenAsync();
    }

    private static void AnswerAll(UvbPort port)
    {
        port.Receive(new byte[port.WindowBytes], TimeSpan.FromSeconds(30), out var ticket, out _, out _).ShouldBe(1);
        port.Reply(ticket, UvbStatus.NobodyThere, default);
        port.Dispose();
    }
}
