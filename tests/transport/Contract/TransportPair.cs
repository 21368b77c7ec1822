using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>Two nodes, #0 and #1, with both rails between them, and a link of #0 to itself on die 0.</summary>
public abstract class TransportPair : IAsyncDisposable
{
    public static readonly NodeId NodeA = new(0);
    public static readonly NodeId NodeB = new(1);
    public static readonly Die Die0 = new(0);
    public static readonly Die Die1 = new(1);

    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource stopA = new();

    public abstract TransportKind Kind { get; }

    public ITransport A => a ?? throw new InvalidOperationException("not started");

    public ITransport B => b ?? throw new InvalidOperationException("not started");

    public RecordingSink AtA { get; } = new();

    /// <summary>A new one after each start of B.</summary>
    public RecordingSink AtB { get; private set; } = new();

    public LinkId Self => new(NodeA, Die0, Kind);

    private ITransport? a;
    private ITransport? b;

    /// <summary>A's name for its link to B.</summary>
    public LinkId ToB(Die die) => new(NodeB, die, Kind);

    /// <summary>B's name for its link to A.</summary>
    public LinkId ToA(Die die) => new(NodeA, die, Kind);

    /// <summary>A transport for A, with links to B and to itself.</summary>
    protected abstract ITransport CreateA();

    /// <summary>A transport for B; also a second one, at the same addresses, when the first is gone.</summary>
    protected abstract ITransport CreateB();

    /// <summary>Breaks this rail's connections, and lets none be made.</summary>
    public abstract void Break(Die die);

    public abstract void Heal(Die die);

    public virtual ValueTask CleanAsync() => ValueTask.CompletedTask;

    public async Task StartAAsync()
    {
        a = CreateA();
        await a.StartAsync(AtA, stopA.Token);
    }

    public async Task StartBAsync()
    {
        AtB = new RecordingSink();
        b = CreateB();
        await b.StartAsync(AtB, CancellationToken.None);
    }

    public async Task StopBAsync()
    {
        if (b is not null)
        {
            await b.DisposeAsync();
        }
    }

    /// <summary>Cancels what A was started with.</summary>
    public Task CancelAAsync() => stopA.CancelAsync();

    /// <summary>Starts both, and waits until both rails are open at both.</summary>
    public async Task StartAsync()
    {
        await StartAAsync();
        await StartBAsync();
        await OpenAsync();
    }

    public virtual async Task OpenAsync()
    {
        foreach (var die in new[] { Die0, Die1 })
        {
            await AtA.WaitForLastAsync(ToB(die), open: true);
            await AtB.WaitForLastAsync(ToA(die), open: true);
        }
    }

    /// <summary>Until it is at B. It is sent again and again, as the protocol does.</summary>
    /// <remarks>A machine that stands still for seconds breaks connections, and what was on them is gone.</remarks>
    public async Task DeliverAsync(Die die, Frame frame)
    {
        var arrival = AtB.WaitAsync(all =>
            all.OfType<Noted.Arrived>().Any(one => one.Link == ToA(die) && one.Frame.Sequence == frame.Sequence)
        );
        do
        {
            A.Send(ToB(die), frame);
        } while (await Task.WhenAny(arrival, Task.Delay(SendAgainAfter)) != arrival);

        await arrival;
    }

    public async ValueTask DisposeAsync()
    {
        AtA.Release();
        AtB.Release();
        if (a is not null)
        {
            await a.DisposeAsync();
        }

        await StopBAsync();
        await CleanAsync();
        stopA.Dispose();
        GC.SuppressFinalize(this);
    }
}
