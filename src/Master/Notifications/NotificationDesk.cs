using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>What the desk needs of its process.</summary>
public sealed record NotificationDoors
{
    /// <summary>The state now.</summary>
    public required Func<Task<NodeStatus>> ReadAsync { get; init; }

    /// <summary>Has an entry committed; the refusal, empty if it is.</summary>
    public required Func<EntryPayload, CancellationToken, Task<string>> RecordAsync { get; init; }

    /// <summary>Told of tries that failed.</summary>
    public Action<FailedTry> Failed { get; init; } = static _ => { };

    /// <summary>Told of an incident that is due to a channel that this node does not have.</summary>
    public Action<IncidentId, string> NoChannel { get; init; } = static (_, _) => { };
}

/// <summary>Tells people, on the master: each notification is started by an entry of the log before it is sent, so that the
/// next master knows what may have been sent already (docs/adr/0033-notifications.md).</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphores hold no handle: nobody asks them for one.")]
public sealed class NotificationDesk(
    IReadOnlyList<NotificationChannel> channels,
    NotificationDoors doors,
    TimeProvider time
)
{
    private const int AtOncePerChannel = 4;
    private static readonly TimeSpan RefusedAgain = TimeSpan.FromSeconds(1);

    // Of a burst of entries one look takes all.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    // A mute may last longer than a timer can; then it is looked at in between.
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    // Whoever restarts must not take what the process before it began for its own: that may have been sent.
    private readonly ulong process = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private readonly ConcurrentQueue<IncidentId> opened = new();
    private readonly SemaphoreSlim news = new(0);
    private readonly SortedDictionary<IncidentId, long> pending = [];
    private readonly ConcurrentDictionary<NoticeKey, Task> running = new();
    private readonly HashSet<(IncidentId, string)> missed = [];
    private readonly Dictionary<string, SemaphoreSlim> places = channels.ToDictionary(
        channel => channel.Name,
        _ => new SemaphoreSlim(AtOncePerChannel)
    );
    private bool isLeader;
    private long? masterSince;
    private volatile bool isMaster;

    /// <summary>A fact of the core; on its thread.</summary>
    public void Note(Fact fact)
    {
        switch (fact)
        {
            case Fact.RoleChanged changed:
                isLeader = changed.Role == RaftRole.Leader;
                Wake();
                break;
            case not null when !isLeader:
                // All there is will be looked at once this node is master.
                break;
            case Fact.EntryCommitted { Entry: { Payload: EntryPayload.Opened } entry }:
                opened.Enqueue(new IncidentId(entry.Index));
                Wake();
                break;
            case Fact.EntryCommitted
            {
                Entry.Payload: EntryPayload.NoOp
                    or EntryPayload.Joined
                    or EntryPayload.Closed
                    or EntryPayload.Released
                    or EntryPayload.Reported
                    or EntryPayload.Notified
                    or EntryPayload.Muted
                    or EntryPayload.Unmuted
                    or EntryPayload.ChannelDeclared
            }:
            case Fact.HealthChanged:
                Wake();
                break;
            default:
                break;
        }
    }

    /// <summary>Until it is stopped. What is being sent then is cut off, and begun again by the next master.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var declaring = channels.Select(channel => DeclareAsync(channel.Name, stop)).ToList();
        try
        {
            var next = Timeout.InfiniteTimeSpan;
            while (true)
            {
                await news.WaitAsync(next, stop).ConfigureAwait(false);
                await Task.Delay(Pace, time, stop).ConfigureAwait(false);
                while (news.Wait(0, stop)) { }

                next = Look(await doors.ReadAsync().WaitAsync(stop).ConfigureAwait(false), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the process.
        }

        await Task.WhenAll([.. declaring, .. running.Values]).ConfigureAwait(false);
    }

    private void Wake() => news.Release();

    /// <returns>When to look again without news.</returns>
    private TimeSpan Look(NodeStatus status, CancellationToken stop)
    {
        isMaster = status.IsReady;
        if (!status.IsReady)
        {
            masterSince = null;
            pending.Clear();
            opened.Clear();
            return Timeout.InfiniteTimeSpan;
        }

        var now = time.GetTimestamp();
        if (masterSince is null)
        {
            masterSince = now;
            foreach (var id in status.Book.Incidents.Keys)
            {
                pending.TryAdd(id, now);
            }
        }

        while (opened.TryDequeue(out var id))
        {
            pending.TryAdd(id, now);
        }

        var plan = new NotificationPlan(
            status,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            time.GetElapsedTime(masterSince.Value)
        );
        var soonest = Timeout.InfiniteTimeSpan;
        foreach (var (id, since) in pending.ToArray())
        {
            // Not there: it was so long ago that it is not kept.
            if (
                !status.Book.Incidents.TryGetValue(id, out var incident)
                || IsSettled(status, plan, incident, time.GetElapsedTime(since), ref soonest, stop)
            )
            {
                pending.Remove(id);
            }
        }

        return soonest;
    }

    private bool IsSettled(
        NodeStatus status,
        NotificationPlan plan,
        Incident incident,
        TimeSpan age,
        ref TimeSpan soonest,
        CancellationToken stop
    )
    {
        var isSettled = true;
        foreach (var (name, declaredAt) in status.Book.NoticeRules.Channels)
        {
            if (incident.Id.Index.CompareTo(declaredAt) <= 0)
            {
                continue;
            }

            if (channels.FirstOrDefault(channel => channel.Name == name) is not { } channel)
            {
                if (incident.FindNotice(name, NoticeMoment.Opened) is null && missed.Add((incident.Id, name)))
                {
                    doors.NoChannel(incident.Id, name);
                }

                continue;
            }

            foreach (var moment in (ReadOnlySpan<NoticeMoment>)[NoticeMoment.Opened, NoticeMoment.Closed])
            {
                var key = new NoticeKey(incident.Id, name, moment);
                if (running.ContainsKey(key))
                {
                    isSettled = false;
                    continue;
                }

                var step = plan.Of(incident, channel, moment, age);
                isSettled &= step is NotificationStep.Over;
                if (step is NotificationStep.Wait { For: { } wait })
                {
                    soonest = Sooner(soonest, wait);
                }
                else if (step is NotificationStep.Record record)
                {
                    var attempt = incident.FindNotice(name, moment)?.Attempt ?? 0;
                    var entry = Entry(key, record.Stage, attempt, status.Node, record.Detail);
                    Begin(key, () => RecordAsync(entry, stop), stop);
                }
                else if (step is NotificationStep.Send send)
                {
                    var what = NotificationText.Of(status, incident, name, moment, time.GetUtcNow());
                    what = what with { Attempt = send.Attempt };
                    Begin(key, () => SendAsync(key, status.Node, channel.Delivery, what, stop), stop);
                }
            }
        }

        return isSettled;
    }

    private static TimeSpan Sooner(TimeSpan known, TimeSpan wait)
    {
        var whole = TimeSpan.FromMilliseconds(
            Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, WaitMax.TotalMilliseconds)
        );
        return known == Timeout.InfiniteTimeSpan || whole < known ? whole : known;
    }

    private EntryPayload.Notified Entry(NoticeKey key, NoticeStage stage, int attempt, NodeId by, string detail) =>
        new(key.Incident, key.Channel, key.Moment, stage, attempt, by, process, detail);

    /// <summary>Once its channel has a place; looked at again when it has ended.</summary>
    private void Begin(NoticeKey key, Func<Task> work, CancellationToken stop)
    {
        var isListed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[key] = WorkAsync();
        isListed.SetResult();

        async Task WorkAsync()
        {
            await isListed.Task.ConfigureAwait(false);
            var place = places[key.Channel];
            try
            {
                await place.WaitAsync(stop).ConfigureAwait(false);
                try
                {
                    await work().ConfigureAwait(false);
                }
                finally
                {
                    place.Release();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The next master goes on.
            }
            finally
            {
                running.TryRemove(key, out _);
                Wake();
            }
        }
    }

    private async Task SendAsync(
        NoticeKey key,
        NodeId self,
        INotificationDelivery delivery,
        Notification what,
        CancellationToken stop
    )
    {
        // First the word that it may be sent, then the sending: who comes after this node knows of it.
        var start = Entry(key, NoticeStage.Started, what.Attempt, self, "");
        if (!await RecordAsync(start, stop).ConfigureAwait(false))
        {
            return;
        }

        if (await delivery.DeliverAsync(what, () => isMaster, doors.Failed, stop).ConfigureAwait(false) is { } outcome)
        {
            var stage = outcome.IsTaken ? NoticeStage.Sent : NoticeStage.Failed;
            await RecordAsync(Entry(key, stage, what.Attempt, self, outcome.Detail), stop).ConfigureAwait(false);
        }
    }

    private async Task<bool> RecordAsync(EntryPayload entry, CancellationToken stop)
    {
        if ((await doors.RecordAsync(entry, stop).ConfigureAwait(false)).Length == 0)
        {
            return true;
        }

        // Another node was first, or the master takes nothing now: not at once again.
        await Task.Delay(RefusedAgain, time, stop).ConfigureAwait(false);
        return false;
    }

    /// <summary>From when on it is told, however long it takes until there is a master.</summary>
    private async Task DeclareAsync(string name, CancellationToken stop)
    {
        try
        {
            while (!await RecordAsync(new EntryPayload.ChannelDeclared(name), stop).ConfigureAwait(false)) { }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This process ends; there is nothing to declare any more.
        }
    }

    private readonly record struct NoticeKey(IncidentId Incident, string Channel, NoticeMoment Moment);
}
