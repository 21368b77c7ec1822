using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>What a transport handed up.</summary>
public abstract record Noted(LinkId Link)
{
    public sealed record Opened(LinkId Link) : Noted(Link);

    public sealed record ClosedByPeer(LinkId Link) : Noted(Link);

    public sealed record Closed(LinkId Link, LinkLoss Loss) : Noted(Link);

    public sealed record Arrived(LinkId Link, Frame Frame) : Noted(Link);

    public sealed record Dropped(LinkId Link, string Reason) : Noted(Link);
}

/// <summary>Writes down everything, lets tests wait for it, and can refuse to take frames for a while.</summary>
public sealed class RecordingSink : ITransportSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly List<Noted> noted = [];
    private readonly List<Instant?> stamps = [];
    private TaskCompletionSource changed = New();
    private TaskCompletionSource? held;

    public Noted[] All
    {
        get
        {
            lock (gate)
            {
                return [.. noted];
            }
        }
    }

    public void Opened(LinkId link) => Note(new Noted.Opened(link));

    public void ClosedByPeer(LinkId link) => Note(new Noted.ClosedByPeer(link));

    public void Closed(LinkId link, LinkLoss loss) => Note(new Noted.Closed(link, loss));

    public void Dropped(LinkId link, string reason) => Note(new Noted.Dropped(link, reason));

    public async ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop)
    {
        Task? wait;
        lock (gate)
        {
            wait = held?.Task;
        }

        if (wait is not null)
        {
            await wait.WaitAsync(stop);
        }

        lock (gate)
        {
            stamps.Add(frame.SentAt);
        }

        Note(new Noted.Arrived(link, frame with { SentAt = null }));
    }

    /// <summary>When each frame was sent, as its wire says. The frames themselves are noted without it, as they were sent.</summary>
    public IReadOnlyList<Instant?> Stamps
    {
        get
        {
            lock (gate)
            {
                return [.. stamps];
            }
        }
    }

    /// <summary>From now on no frame is taken.</summary>
    public void Hold()
    {
        lock (gate)
        {
            held ??= New();
        }
    }

    public void Release()
    {
        TaskCompletionSource? release;
        lock (gate)
        {
            release = held;
            held = null;
        }

        release?.SetResult();
    }

    public IEnumerable<Frame> Frames(LinkId link) =>
        All.OfType<Noted.Arrived>().Where(arrived => arrived.Link == link).Select(arrived => arrived.Frame);

    /// <summary>What became of a link since it opened for the first time, but for attempts that failed.</summary>
    public IEnumerable<Noted> SinceOpen(LinkId link) =>
        All.Where(one => one.Link == link && one is not Noted.Closed { Loss: not LinkLoss.Closed })
            .SkipWhile(one => one is not Noted.Opened)
            .Skip(1);

    public Task<Noted[]> WaitForFramesAsync(LinkId link, int count) =>
        WaitAsync(all => all.Count(one => one is Noted.Arrived && one.Link == link) >= count);

    public Task<Noted[]> WaitForAsync(Noted what) => WaitAsync(all => all.Contains(what));

    public Task<Noted[]> WaitForLastAsync(LinkId link, bool open) =>
        WaitAsync(all =>
            open
                ? all.LastOrDefault(one => one is not Noted.Arrived && one.Link == link) is Noted.Opened
                : all.LastOrDefault(one => one is not Noted.Arrived && one.Link == link) is Noted.Closed
        );

    /// <summary>Until what was noted is as wanted; fails the test after half a minute.</summary>
    public async Task<Noted[]> WaitAsync(Func<Noted[], bool> isAsWanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            Task change;
            Noted[] all;
            lock (gate)
            {
                change = changed.Task;
                all = [.. noted];
            }

            if (isAsWanted(all))
            {
                return all;
            }

            try
            {
                await change.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(Summary(all));
            }
        }
    }

    /// <summary>What a reader of a failed run wants to know: how far each link came, and whether one broke on the way.</summary>
    private static string Summary(Noted[] all)
    {
        var frames = all.OfType<Noted.Arrived>()
            .GroupBy(arrived => arrived.Link)
            .Select(link => $"{link.Key} {link.Count()} frames up to {link.Max(one => one.Frame.Sequence)}");
        var rest = all.Select((one, place) => (one, place))
            .Where(noted => noted.one is not Noted.Arrived)
            .TakeLast(30)
            .Select(noted => $"at {noted.place} {noted.one}");
        return string.Join("; ", [$"not within {Patience}", $"{all.Length} noted", .. frames, .. rest]);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Note(Noted what)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            noted.Add(what);
            wake = changed;
            changed = New();
        }

        wake.SetResult();
    }
}
