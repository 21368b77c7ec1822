using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Peers that take nothing, go, come back and are closed on.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Peer_ThatTakesNothing_MakesTheQueueFull()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.AtB.Hold();

        var sent = Fill(pair.A, pair.ToB(Die0));
        pair.AtB.Release();

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), sent);
        Numbers(pair.AtB, pair.ToA(Die0)).ShouldBe(Enumerable.Range(0, sent), ignoreOrder: CopiesOvertake);
    }

    [Fact]
    public async Task Peer_ThatTakesNothingOnOneRail_HoldsUpNoSending()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.AtB.Hold();
        Fill(pair.A, pair.ToB(Die0));

        pair.A.Send(pair.ToB(Die1), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        pair.B.Send(pair.ToA(Die0), Said.Word(2)).ShouldBe(SendOutcome.Queued);

        await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), 1);
    }

    [Fact]
    public async Task Beats_ToAPeerThatTakesNothing_ArriveAsTheLatest()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.AtB.Hold();
        Fill(pair.A, pair.ToB(Die0));

        for (var i = 1; i <= 100; i++)
        {
            pair.A.Send(pair.ToB(Die0), Said.Beat(i)).ShouldBe(SendOutcome.Queued);
        }

        pair.AtB.Release();
        await pair.AtB.WaitAsync(all =>
            all.Any(one => one is Noted.Arrived arrived && arrived.Frame == Said.Beat(100))
        );
        pair.AtB.Frames(pair.ToA(Die0)).Count(frame => frame.Message is Message.Heartbeat).ShouldBeLessThan(100);
    }

    [Fact]
    public async Task Peer_Gone_IsAValue()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        await pair.StopBAsync();

        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        await pair.AtA.WaitForLastAsync(pair.ToB(Die1), open: false);
        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.LinkDown);
        pair.AtA.All.ShouldNotContain(one => one is Noted.ClosedByPeer);
    }

    [Fact]
    public async Task Peer_StartedAgain_IsFoundAndGetsNothingOld()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.AtB.Hold();
        Fill(pair.A, pair.ToB(Die0));

        await pair.StopBAsync();
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        await pair.AtA.WaitForLastAsync(pair.ToB(Die1), open: false);
        await pair.StartBAsync();
        await pair.OpenAsync();
        pair.A.Send(pair.ToB(Die0), Said.Word(1_000_000)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        Numbers(pair.AtB, pair.ToA(Die0)).ShouldBe([1_000_000]);
    }

    [Fact]
    public async Task Rail_Broken_TheOtherGoesOn()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        pair.Break(Die0);
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);

        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.LinkDown);
        pair.A.Send(pair.ToB(Die1), Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die1), 1);
        pair.AtB.All.ShouldNotContain(one =>
            one is Noted.Closed && one.Link == pair.ToA(Die1) && IsAfterOpen(pair, one)
        );
    }

    [Fact]
    public async Task Rail_Healed_IsUsedAgain()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.Break(Die0);
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);

        pair.Heal(Die0);
        await pair.OpenAsync();

        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }

    [Fact]
    public async Task Close_AfterASend_LetsItGoOut()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        pair.A.Send(pair.ToB(Die0), Said.Refused("another cluster"));
        pair.A.Close(pair.ToB(Die0), "another cluster");

        await pair.AtB.WaitAsync(all => all.Any(one => one is Noted.Closed && IsAfterOpen(pair, one)));
        pair.AtB.Frames(pair.ToA(Die0)).ShouldBe([Said.Refused("another cluster")]);
    }

    [Fact]
    public async Task Close_OfALink_IsNotForEver()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        pair.A.Close(pair.ToB(Die0), "test");

        // Once here and once there, however many connections it had, and only the other end is told by whom.
        await pair.AtA.WaitAsync(all => all.Count(one => one == new Noted.Opened(pair.ToB(Die0))) == 2);
        await pair.AtB.WaitAsync(all => all.Count(one => one == new Noted.Opened(pair.ToA(Die0))) == 2);
        pair.AtA.SinceOpen(pair.ToB(Die0))
            .ShouldBe([new Noted.Closed(pair.ToB(Die0), LinkLoss.Closed), new Noted.Opened(pair.ToB(Die0))]);
        pair.AtB.SinceOpen(pair.ToA(Die0))
            .ShouldBe([
                new Noted.ClosedByPeer(pair.ToA(Die0)),
                new Noted.Closed(pair.ToA(Die0), LinkLoss.Closed),
                new Noted.Opened(pair.ToA(Die0)),
            ]);
    }

    [Fact]
    public async Task Close_DuringSends_NeverThrows()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        using var enough = new CancellationTokenSource();
        var senders = Enumerable
            .Range(0, 2)
            .Select(sender =>
                Task.Run(
                    () =>
                    {
                        for (var i = 0; !enough.IsCancellationRequested; i++)
                        {
                            pair.A.Send(pair.ToB(Die0), Said.Word(i));
                            pair.A.Send(pair.ToB(Die0), Said.Beat(i));
                        }
                    },
                    TestContext.Current.CancellationToken
                )
            )
            .ToArray();

        for (var times = 2; times < 5; times++)
        {
            pair.A.Close(pair.ToB(Die0), "test");
            await pair.AtA.WaitAsync(all => all.Count(one => one == new Noted.Opened(pair.ToB(Die0))) >= times);
        }

        await enough.CancelAsync();
        await Task.WhenAll(senders);
    }

    [Fact]
    public async Task Relink_OfAnOpenLink_ClosesNothing()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        pair.A.Relink(pair.ToB(Die0));
        var number = 0;
        await Eventually(() => pair.A.Send(pair.ToB(Die0), Said.Word(++number)) == SendOutcome.Queued, pair.AtA);

        await pair.AtB.WaitAsync(_ => Numbers(pair.AtB, pair.ToA(Die0)).Contains(number));
        pair.AtA.All.ShouldNotContain(one => one is Noted.Closed && IsAfterOpen(pair, one));
        pair.AtA.All.Count(one => one == new Noted.Opened(pair.ToB(Die0))).ShouldBe(1);
    }

    [Fact]
    public async Task Link_NotOfThisTransport_IsDown()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var nowhere = new LinkId(new NodeId(9), Die0, pair.Kind);

        pair.A.Send(nowhere, Said.Word(1)).ShouldBe(SendOutcome.LinkDown);
        pair.A.Relink(nowhere);
        pair.A.Close(nowhere, "test");
    }

    [Fact]
    public async Task Cancelled_AfterStart_EndsAllLinks()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        await pair.CancelAAsync();

        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);
        await pair.AtB.WaitForLastAsync(pair.ToA(Die1), open: false);
    }

    [Fact]
    public async Task Disposed_Twice_TellsNothingMore()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        pair.AtA.Hold();
        Fill(pair.B, pair.ToA(Die0));

        await pair.A.DisposeAsync();
        var told = pair.AtA.All.Length;
        await pair.A.DisposeAsync();
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);

        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.LinkDown);
        pair.AtA.All.Length.ShouldBe(told);
    }

    /// <summary>Sends different words until there is no room, and says how many were taken.</summary>
    private static int Fill(ITransport from, LinkId link)
    {
        // Wires buffer too; but what they take must have an end.
        for (var sent = 0; sent < 1_000_000; sent++)
        {
            if (from.Send(link, Said.Word(sent)) != SendOutcome.Queued)
            {
                return sent;
            }
        }

        throw new InvalidOperationException("never full");
    }

    private static async Task Eventually(Func<bool> isDone, RecordingSink sink)
    {
        // The moment between two connections is not told, so it cannot be waited for.
        await sink.WaitAsync(_ => SpinWait.SpinUntil(isDone, TimeSpan.FromSeconds(10)));
    }
}
