using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Faults that the simulated liburma has for the whole process, so nothing runs beside them.</summary>
[Collection(nameof(Alone))]
public sealed class UrmaSimFaultTests : IDisposable
{
    private static readonly Die Die0 = TransportPair.Die0;

    [Fact]
    public async Task Import_ThatFails_IsSaidAndTriedAgain()
    {
        await using var pair = new UrmaPair();
        Simulation.Command("import-errno 5");
        await pair.StartAAsync();
        await pair.StartBAsync();

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        pair.TransportA.WhyNot(pair.ToB(Die0)).ShouldBe("the peer's jetty cannot be imported (errno 5)");

        Simulation.Command("import-errno 0");
        await pair.OpenAsync();
    }

    [Fact]
    public async Task Receiver_NotReadyForALittle_LosesNothing()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();
        Simulation.Command("not-ready on");

        for (var number = 0; number < 50; number++)
        {
            pair.A.Send(pair.ToB(Die0), Said.Word(number)).ShouldBe(SendOutcome.Queued);
        }

        // Nothing is taken now: what has gone out lies before a receiver that retries are made to, for some seconds.
        pair.AtB.Frames(pair.ToA(Die0)).ShouldBeEmpty();
        Simulation.Command("not-ready off");
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 50);
        pair.AtB.Frames(pair.ToA(Die0))
            .Select(frame => frame.Sequence)
            .ShouldBe(Enumerable.Range(0, 50).Select(number => (ulong)number));
        pair.AtA.SinceOpen(pair.ToB(Die0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Receiver_NotReadyForLong_IsALinkThatIsLostAndComesBack()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();
        Simulation.Command("not-ready on");

        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);

        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        pair.TransportA.WhyNot(pair.ToB(Die0)).ShouldNotBeNull().ShouldContain("completion status 10");
        Simulation.Command("not-ready off");
        await pair.OpenAsync();
    }

    [Fact]
    public async Task Completions_Late_DelayButLoseNothing()
    {
        const int LateMs = 30;
        await using var pair = new UrmaPair();
        await pair.StartAsync();
        Simulation.Command($"late-ms {LateMs}");
        var started = Stopwatch.GetTimestamp();

        // More than there are send slots, so that late records are waited for.
        for (var number = 0; number < 400; number++)
        {
            pair.A.Send(pair.ToB(Die0), Said.Word(number)).ShouldBe(SendOutcome.Queued);
        }

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 400);
        Stopwatch.GetElapsedTime(started).TotalMilliseconds.ShouldBeGreaterThan(LateMs);
        pair.AtB.Frames(pair.ToA(Die0))
            .Select(frame => frame.Sequence)
            .ShouldBe(Enumerable.Range(0, 400).Select(number => (ulong)number));
        pair.AtA.SinceOpen(pair.ToB(Die0)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        foreach (var command in (string[])["import-errno 0", "not-ready off", "late-ms 0"])
        {
            Simulation.Command(command);
        }
    }
}
