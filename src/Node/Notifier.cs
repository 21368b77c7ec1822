using ClusterRas.Master.Notifications;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>The configured channels, and the desk that tells them.</summary>
internal sealed class Notifier : IDisposable
{
    // Whoever is told is one of a few, and may be behind an address that changes.
    private static readonly TimeSpan ConnectionsLastFor = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new(
        new SocketsHttpHandler { PooledConnectionLifetime = ConnectionsLastFor, AllowAutoRedirect = false }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private readonly NotificationDesk desk;
    private Task running = Task.CompletedTask;

    public Notifier(
        IEnumerable<ChannelOptions> channels,
        Func<Task<NodeStatus>> read,
        Func<EntryPayload, CancellationToken, Task<string>> record,
        ILogger log,
        TimeProvider time
    ) =>
        desk = new NotificationDesk(
            [
                .. channels.Select(one => new NotificationChannel(
                    one.Name,
                    one.Kinds,
                    one.TellsEnd,
                    one.Webhook is { } webhook
                        ? new Webhook(webhook, http, time)
                        : new NotifyProgram(one.Command, one.Timeout, time)
                )),
            ],
            new NotificationDoors
            {
                ReadAsync = read,
                RecordAsync = record,
                Failed = tried =>
                    log.NoticeRetried(
                        tried.Notification.Incident.Index.Value,
                        tried.Notification.Channel,
                        tried.Attempt,
                        (long)tried.Next.TotalMilliseconds,
                        tried.Why
                    ),
                NoChannel = (incident, channel) => log.NoChannel(incident.Index.Value, channel),
            },
            time
        );

    /// <summary>On the loop's thread.</summary>
    public void Note(Fact fact) => desk.Note(fact);

    /// <summary>From now on people are told.</summary>
    public void Start(CancellationToken stop) => running = Task.Run(() => desk.RunAsync(stop), CancellationToken.None);

    /// <summary>Once the token of the start is cancelled.</summary>
    public Task EndAsync() => running;

    public void Dispose() => http.Dispose();
}
