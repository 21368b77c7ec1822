namespace ClusterRas.Node.Sources.Tests;

public sealed class ThreadKickTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Kick_OfABlockingRead_EndsItAndTheNextReadHasEverything()
    {
        const int flags = LibC.ReadWrite | LibC.CloseOnExec;
        using var fifo = LibC.Open(scratch.Fifo("fifo"), flags, out _).ShouldNotBeNull();
        var kick = new ThreadKick();
        var errno = -1;
        var second = new byte[5];
        var reader = new Thread(() =>
        {
            kick.Enter();
            LibC.Read(fifo, new byte[5], out var interrupted);
            Volatile.Write(ref errno, interrupted);
            while (LibC.Read(fifo, second, out _) < 0) { }

            kick.Leave();
        });
        reader.Start();
        Eventually.True(
            () =>
            {
                kick.Kick();
                return Volatile.Read(ref errno) >= 0;
            },
            "the read did not end"
        );
        errno.ShouldBe(Errno.Interrupted);
        LibC.Write(fifo, "words"u8, out _).ShouldBe(5);
        reader.Join(Eventually.Patience).ShouldBeTrue();
        second.ShouldBe("words"u8.ToArray());
    }

    [Fact]
    public void Kick_OfNobody_DoesNothing()
    {
        var kick = new ThreadKick();
        kick.Kick();
        var entered = new Thread(() =>
        {
            kick.Enter();
            kick.Leave();
        });
        entered.Start();
        entered.Join(Eventually.Patience).ShouldBeTrue();
        kick.Kick();
    }
}
