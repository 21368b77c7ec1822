using ClusterRas.Protocol;

namespace ClusterRas.Transport.Grpc;

/// <summary>A link from opened to closed: its queue, and its connections, of which there is mostly one.</summary>
internal sealed class LinkSession(GrpcLink link, int queueFramesMax)
{
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private LinkConnection[] newestFirst = [];
    private Task pumping = Task.CompletedTask;

    public LinkQueue Queue { get; } = new(queueFramesMax);

    /// <summary>It takes no more frames and no more connections.</summary>
    public bool IsFinishing { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<LinkConnection> Connections => Volatile.Read(ref newestFirst);

    /// <summary>It may be ending already; null: there is none.</summary>
    public LinkConnection? Newest => Volatile.Read(ref newestFirst) is [var newest, ..] ? newest : null;

    /// <summary>The one to send on; null: all are ending.</summary>
    public LinkConnection? Current
    {
        get
        {
            foreach (var connection in Volatile.Read(ref newestFirst))
            {
                if (!connection.IsOver)
                {
                    return connection;
                }
            }

            return null;
        }
    }

    public void Start(RunningTasks running)
    {
        var pump = new LinkPump(link, this);
        pumping = Task.WhenAll(Task.Run(pump.RunAsync), Task.Run(pump.RunBulkAsync));
        running.Add(pumping);
    }

    public void Add(LinkConnection connection)
    {
        lock (gate)
        {
            newestFirst = [connection, .. newestFirst];
        }
    }

    /// <returns>True: it was the last one.</returns>
    public bool Remove(LinkConnection connection)
    {
        lock (gate)
        {
            newestFirst = [.. newestFirst.Where(one => one != connection)];
            return newestFirst.Length == 0;
        }
    }

    public void Abort(string reason)
    {
        foreach (var connection in Connections)
        {
            connection.Abort(reason);
        }
    }

    /// <summary>Nothing more comes in.</summary>
    public void BeginFinish()
    {
        IsFinishing = true;
        Queue.Complete();
    }

    /// <summary>Lets go out what is queued, for at most a second, and ends all connections.</summary>
    public async Task FinishAsync(string reason)
    {
        await Task.WhenAny(pumping, Task.Delay(LingerMax)).ConfigureAwait(false);
        if (!pumping.IsCompleted)
        {
            Abort(reason);
            return;
        }

        await Task.WhenAll(Connections.Select(connection => connection.RetireAsync(reason))).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the connections that are older than this one, when it is known to carry frames or has had its time. Of two
    /// that this node dialled it ends the older, and of two that each side dialled the lower node ends the older: if
    /// each side did what it thinks best, both could end.
    /// </summary>
    public async Task ReplaceAsync(LinkConnection newer, TimeSpan within, CancellationToken stop)
    {
        var older = Connections.SkipWhile(one => one != newer).Skip(1).ToArray();
        var writes = Array.ConvertAll(older, one => one.FrameWrite);
        await Task.WhenAny(newer.Ended, Task.Delay(StuckAfter, stop)).ConfigureAwait(false);
        for (var at = 0; at < older.Length && !newer.IsOver; at++)
        {
            // The pump hangs in the older one, as in a silent cut under load, and would keep the queue from the newer.
            if (!writes[at].IsCompleted)
            {
                older[at].Abort("stuck, and there is a newer connection");
            }
        }

        await Task.WhenAny(newer.Proven, newer.Ended, Task.Delay(within, stop)).ConfigureAwait(false);
        if (stop.IsCancellationRequested)
        {
            return;
        }

        foreach (var one in older)
        {
            var isOurs = one.IsDialled == newer.IsDialled ? one.IsDialled : link.IsFirstDialler && !link.IsSelf;
            if (isOurs && !newer.IsOver && !one.IsOver)
            {
                await one.RetireAsync("replaced by a newer connection").ConfigureAwait(false);
            }
        }
    }
}
