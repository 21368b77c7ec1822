using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterRas.Console.View;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Stream;

/// <summary>Keeps the newest picture while somebody looks at it. Nobody looks: nothing is read, nothing is made.</summary>
public sealed class ConsoleFeed(ConsoleSource source, Moments moments, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>A change is followed by the next look no sooner than this.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Round trips and ages change without any news.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Dictionary<long, Incident> told = [];
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;
    private TaskCompletionSource<AgeView> first = NewFirst();
    private int watchers;
    private volatile AgeView? age;
    private object? lastIncidents;
    private long linksAt = long.MinValue;

    /// <summary>The picture.</summary>
    public LatestValues Latest { get; } = new();

    /// <summary>Names this process's numbering: numbers of another one mean nothing here.</summary>
    public string Epoch { get; } = Guid.NewGuid().ToString("n")[..12];

    /// <summary>How old the newest picture is; null: there is none yet.</summary>
    public AgeView? Age => age;

    /// <summary>The look that goes on, or the last one.</summary>
    internal Task Running
    {
        get
        {
            lock (gate)
            {
                return running;
            }
        }
    }

    /// <summary>Looks while the returned lease is held.</summary>
    /// <returns>Done when the first picture of this lease is there.</returns>
    public async Task<IDisposable> WatchAsync(CancellationToken stopAsking)
    {
        Task<AgeView> ready;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ending.IsCancellationRequested, this);
            if (++watchers == 1)
            {
                first = NewFirst();
                stop = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
                running = RunAsync(running, first, stop.Token);
            }

            ready = first.Task;
        }

        var lease = new Lease(this);
        try
        {
            await ready.WaitAsync(stopAsking).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>One incident, as it is now; null: the ledger has none of this number.</summary>
    public async Task<IncidentView?> FindAsync(long id)
    {
        var status = await source.Read().ConfigureAwait(false);
        return status.Book.Incidents.TryGetValue(new IncidentId(new LogIndex(id)), out var incident)
            ? IncidentPicture.Whole(status, incident, moments, Now)
            : null;
    }

    /// <summary>The first page, as it is now.</summary>
    public async Task<OverviewView> OverviewAsync() =>
        ClusterPicture.Overview(await source.Read().ConfigureAwait(false), source.Version, source.AheadOfMs);

    /// <summary>What is measured, in Prometheus' text form, as it is now.</summary>
    public async Task<string> MetricsAsync() =>
        MetricsText.Of(await source.Read().ConfigureAwait(false), source.Version);

    /// <summary>The links of this node, as they are now.</summary>
    public async Task<LinksView> LinksAsync() =>
        LinkPicture.Of(await source.Read().ConfigureAwait(false), source.TellWire);

    /// <summary>The list of incidents, as it is now.</summary>
    /// <param name="before">The closed ones before this one; null: the newest, and all that are open.</param>
    public async Task<IReadOnlyList<IncidentSummary>> IncidentsAsync(long? before)
    {
        var status = await source.Read().ConfigureAwait(false);
        var found = before is { } id ? ClusterPicture.Older(status, id) : ClusterPicture.Shown(status);
        return [.. found.Select(incident => IncidentPicture.Summary(status, incident, Now))];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        Task last;
        lock (gate)
        {
            last = running;
        }

        await last.ConfigureAwait(false);
        ending.Dispose();
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static TaskCompletionSource<AgeView> NewFirst() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(Task before, TaskCompletionSource<AgeView> ready, CancellationToken cancel)
    {
        // One at a time: what is remembered of the last look belongs to the loop that made it.
        await before.ConfigureAwait(false);
        try
        {
            while (true)
            {
                var next = source.Changed();
                var status = await source.Read().WaitAsync(cancel).ConfigureAwait(false);
                Take(status);
                ready.TrySetResult(age!);
                await Task.WhenAny(next, Task.Delay(LookEvery, clock, cancel)).ConfigureAwait(false);
                await Task.Delay(Pace, clock, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            ready.TrySetCanceled(CancellationToken.None);
        }
        catch (Exception error)
        {
            // Whoever waits for the first picture is told; the others see it grow old, and come again.
            ready.TrySetException(error);
        }
    }

    private void Take(NodeStatus status)
    {
        var now = Now;
        Put(
            "overview",
            ClusterPicture.Overview(status, source.Version, source.AheadOfMs),
            ConsoleJson.Default.OverviewView
        );
        Put("topology", ClusterPicture.Topology(status), ConsoleJson.Default.TopologyView);
        Put("audit", HistoryPicture.Audit(status), ConsoleJson.Default.AuditView);
        PutElections(status, now);
        if (clock.GetTimestamp() is var stamp && Due(stamp))
        {
            linksAt = stamp;
            Put("links", LinkPicture.Of(status, source.TellWire), ConsoleJson.Default.LinksView);
        }

        PutIncidents(status, now);
        age = ClusterPicture.Age(status, now, source.AheadOfMs);
    }

    /// <summary>Round trips change with every frame; nobody reads faster than this.</summary>
    private bool Due(long stamp) => linksAt == long.MinValue || clock.GetElapsedTime(linksAt, stamp) >= LookEvery;

    private void PutElections(NodeStatus status, long now) =>
        Put("elections", HistoryPicture.Elections(status, moments, now), ConsoleJson.Default.ElectionsView);

    private void PutIncidents(NodeStatus status, long now)
    {
        if (ReferenceEquals(lastIncidents, status.Book.Incidents))
        {
            return;
        }

        lastIncidents = status.Book.Incidents;
        var shown = new HashSet<long>();
        foreach (var incident in ClusterPicture.Shown(status))
        {
            var id = incident.Id.Index.Value;
            shown.Add(id);
            if (told.TryGetValue(id, out var known) && ReferenceEquals(known, incident))
            {
                continue;
            }

            told[id] = incident;
            var json = JsonSerializer.SerializeToUtf8Bytes(
                IncidentPicture.Summary(status, incident, now),
                ConsoleJson.Default.IncidentSummary
            );
            Latest.Put("incident", id, json);
        }

        if (told.Count > shown.Count)
        {
            foreach (var id in told.Keys.Where(id => !shown.Contains(id)).ToList())
            {
                told.Remove(id);
            }

            Latest.Drop("incident", id => !shown.Contains(id));
        }
    }

    private void Put<T>(string name, T value, JsonTypeInfo<T> type) =>
        Latest.Put(name, 0, JsonSerializer.SerializeToUtf8Bytes(value, type));

    private void Release()
    {
        lock (gate)
        {
            if (--watchers == 0)
            {
                stop?.Cancel();
                stop = null;
            }
        }
    }

    private sealed class Lease(ConsoleFeed feed) : IDisposable
    {
        private int isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0)
            {
                feed.Release();
            }
        }
    }
}
