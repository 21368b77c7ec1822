using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Grpc;

/// <summary>One link for the life of the transport; it is closed, or it is in a session.</summary>
/// <param name="first">Where to dial it; null: nobody does, the peer has come by itself.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphores hold no handle: nobody asks them for one.")]
internal sealed class GrpcLink(GrpcTransport transport, LinkId id, GrpcLinkAddress? first)
{
    // Held while the sink is told, so that "opened" and "closed" cannot overtake each other.
    private readonly Lock gate = new();
    private readonly SemaphoreSlim arriving = new(1);
    private readonly SemaphoreSlim bulkArriving = new(1);
    private readonly ConcurrentDictionary<AcceptedConnection, bool> arrivals = [];
    private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(transport.Ending);
    private volatile GrpcLinkAddress? address = first;
    private LinkSession? session;
    private LinkLoss? lastLoss;
    private ulong numbers;
    private TaskCompletionSource down = Signal(isSet: true);
    private TaskCompletionSource up = Signal(isSet: false);
    private volatile bool isEnding;

    public LinkId Id { get; } = id;

    /// <summary>Where the next attempt dials.</summary>
    public GrpcLinkAddress Address => address ?? throw new InvalidOperationException($"nobody dials {Id}");

    /// <summary>Asked for when this link, or the whole transport, ends.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>One side dials, or there would be two connections; the other does where this one cannot.</summary>
    public bool IsFirstDialler => transport.Self.CompareTo(Id.Peer) <= 0;

    /// <summary>It leads back here: both ends of each connection are its own.</summary>
    public bool IsSelf => transport.Self == Id.Peer;

    public Instant Now => transport.Options.Clock();

    public TimeSpan FreshFor => transport.Options.FreshFor;

    public bool IsOpen => Volatile.Read(ref session) is not null;

    /// <summary>The newest connection; null: none.</summary>
    public LinkConnection? Newest => Volatile.Read(ref session)?.Newest;

    public int ConnectionCount => Volatile.Read(ref session)?.Connections.Count ?? 0;

    public ulong NextNumber() => Interlocked.Increment(ref numbers);

    public SendOutcome Send(Frame frame) => Volatile.Read(ref session)?.Queue.Enqueue(frame) ?? SendOutcome.LinkDown;

    public Task WhenDownAsync(CancellationToken stop) => Volatile.Read(ref down).Task.WaitAsync(stop);

    public Task WhenUpAsync(CancellationToken stop) => Volatile.Read(ref up).Task.WaitAsync(stop);

    /// <summary>Takes a connection on which both sides have said which link it is: the newest from now on.</summary>
    /// <returns>False: the link is being closed.</returns>
    public bool TryAdd(LinkConnection connection)
    {
        lock (gate)
        {
            if (isEnding || session is { IsFinishing: true })
            {
                return false;
            }

            transport.Running.Add(connection.Ended);
            transport.Log.ConnectionOpen(Id, connection.Number, connection.IsDialled);
            if (session is { } present)
            {
                present.Add(connection);
                var within = transport.Options.ReplaceAfter;
                transport.Running.Add(Task.Run(() => present.ReplaceAsync(connection, within, transport.Ending)));
                return true;
            }

            var opened = new LinkSession(this, transport.Options.QueueFramesMax);
            opened.Add(connection);
            lastLoss = null;
            down = Signal(isSet: false);
            Volatile.Write(ref session, opened);
            transport.Sink.Opened(Id);
            opened.Start(transport.Running);
            up.TrySetResult();
            return true;
        }
    }

    public void Remove(LinkConnection connection)
    {
        lock (gate)
        {
            transport.Log.ConnectionEnd(Id, connection.Number, connection.IsDialled, connection.Reason);
            if (session is { } present && present.Remove(connection))
            {
                if (connection.IsEndedWell && !present.IsFinishing)
                {
                    transport.Sink.ClosedByPeer(Id);
                }

                Leave(present);
            }
        }
    }

    /// <summary>Answers the peer, and takes its connection.</summary>
    /// <returns>False: the link is being closed.</returns>
    public async Task<bool> TryAdmitAsync(AcceptedConnection connection, Func<Task> answer)
    {
        arrivals[connection] = true;
        var isIn = false;
        try
        {
            // Before it is taken: from then on frames may leave on it.
            await answer().ConfigureAwait(false);
            isIn = TryAdd(connection);
        }
        finally
        {
            connection.NoteAdmitted(isIn);
            arrivals.TryRemove(connection, out _);
        }

        return isIn;
    }

    /// <summary>The newest connection that the peer calls so; it may not be taken yet.</summary>
    public AcceptedConnection? FindAccepted(ulong number) =>
        arrivals
            .Keys.Concat(Volatile.Read(ref session)?.Connections.OfType<AcceptedConnection>() ?? [])
            .FirstOrDefault(connection => connection.Number == number);

    /// <summary>Notes that an attempt has failed; says so where that is news.</summary>
    public void NoteFailed(LinkLoss loss, string reason)
    {
        lock (gate)
        {
            if (session is null && !isEnding && lastLoss != loss)
            {
                transport.Log.AttemptFailed(Id, loss, reason);
                Lose(loss);
            }
        }
    }

    public void Close(string reason)
    {
        lock (gate)
        {
            if (session is { IsFinishing: false } present)
            {
                present.BeginFinish();
                transport.Running.Add(Task.Run(() => present.FinishAsync(reason)));
            }
        }
    }

    /// <summary>The peer listens elsewhere from now on. What is connected stays as it is.</summary>
    /// <returns>False: it is the same place.</returns>
    public bool Move(GrpcLinkAddress next)
    {
        if (address == next)
        {
            return false;
        }

        address = next;
        return true;
    }

    /// <summary>Aborts what is there, and takes nothing more.</summary>
    /// <remarks>The sink hears of it before this returns: another link of the same name may come right after.</remarks>
    public void End(string reason)
    {
        lock (gate)
        {
            isEnding = true;
            if (session is { } present)
            {
                present.Abort(reason);
                Leave(present);
            }
        }

        transport.Running.Add(ending.CancelAsync());
    }

    public ValueTask ArrivedAsync(Frame frame, CancellationToken stop) => ArrivedAsync(arriving, frame, stop);

    public ValueTask BulkArrivedAsync(Frame frame, CancellationToken stop) => ArrivedAsync(bulkArriving, frame, stop);

    public void Dropped(string reason) => transport.Sink.Dropped(Id, reason);

    public void DroppedStale(TimeSpan age)
    {
        transport.NoteStale();
        Dropped($"decided {age.TotalMilliseconds:0} ms ago");
    }

    private static TaskCompletionSource Signal(bool isSet)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isSet)
        {
            signal.SetResult();
        }

        return signal;
    }

    // Two connections of one link may both have frames, and the sink takes one at a time.
    private async ValueTask ArrivedAsync(SemaphoreSlim turn, Frame frame, CancellationToken stop)
    {
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (isEnding)
            {
                return;
            }

            await transport.Sink.ArrivedAsync(Id, frame, stop).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private void Leave(LinkSession present)
    {
        present.BeginFinish();
        Volatile.Write(ref session, null);
        Lose(LinkLoss.Closed);
        up = Signal(isSet: false);
        down.TrySetResult();
    }

    private void Lose(LinkLoss loss)
    {
        lastLoss = loss;
        transport.Sink.Closed(Id, loss);
    }
}
