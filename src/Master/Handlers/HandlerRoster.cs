using ClusterRas.Protocol;

namespace ClusterRas.Master.Handlers;

/// <summary>The handlers that are connected to this node, and their running calls. Safe from any thread.</summary>
/// <param name="into">Receives who is here, and what they answer.</param>
/// <param name="time">Measures the deadlines of calls.</param>
public sealed class HandlerRoster(Action<Input> into, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, List<IHandler>> present = new(StringComparer.Ordinal);
    private readonly HashSet<Task> running = [];

    /// <summary>A handler is here now. Disposing the result takes it away.</summary>
    /// <remarks>Two connections of one name are one handler: the newest gets the calls.</remarks>
    public IDisposable Add(IHandler handler)
    {
        lock (gate)
        {
            if (!present.TryGetValue(handler.Declaration.Name, out var list))
            {
                list = [];
                present.Add(handler.Declaration.Name, list);
            }

            list.Add(handler);
            TellPresent();
        }

        return new Leave(this, handler);
    }

    /// <summary>Starts a call; its one result comes as <see cref="Input.HandlerAnswered"/>, whatever the handler does.</summary>
    public void Start(HandlerCall call, CancellationToken stop)
    {
        IHandler? handler;
        lock (gate)
        {
            handler = present.TryGetValue(call.Handler, out var list) ? list[^1] : null;
        }

        if (handler is null)
        {
            into(
                new Input.HandlerAnswered(call.Incident, Result(call, HandlerOutcome.Absent, "left before its start"))
            );
            return;
        }

        var task = RunAsync(handler, call, stop);
        lock (gate)
        {
            running.Add(task);
        }

        _ = task.ContinueWith(
            done =>
            {
                lock (gate)
                {
                    running.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Ends when every running call has ended.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(running.ToArray());
        }
    }

    private async Task RunAsync(IHandler handler, HandlerCall call, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(call.Deadline, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        HandlerResult result;
        try
        {
            // A handler that ignores its token is left to itself at its deadline.
            result = await handler.RunAsync(call, deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            await AwaitAsync(call.Deadline, started, stop).ConfigureAwait(false);
            result = Result(call, HandlerOutcome.TimedOut, "no answer by its deadline");
        }
#pragma warning disable CA1031 // A handler is foreign code: whatever it throws is its answer, and must not end the daemon.
        catch (Exception error)
#pragma warning restore CA1031
        {
            result = Result(call, HandlerOutcome.Failed, error.Message);
        }

        into(new Input.HandlerAnswered(call.Incident, result));
    }

    /// <summary>The runtime's timers count in coarse ticks and fire up to some milliseconds early; told by then, a handler that has until the
    /// instant at which its master answers would be called failed, and not "not heard in time".</summary>
    private async Task AwaitAsync(TimeSpan deadline, long started, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && time.GetElapsedTime(started) < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static HandlerResult Result(HandlerCall call, HandlerOutcome outcome, string message) =>
        new(call.Handler, outcome, 0, message.Length > 512 ? message[..512] : message);

    private void TellPresent() => into(new Input.HandlersPresent(new([.. present.Keys])));

    private void Remove(IHandler handler)
    {
        lock (gate)
        {
            if (present.TryGetValue(handler.Declaration.Name, out var list) && list.Remove(handler))
            {
                if (list.Count == 0)
                {
                    present.Remove(handler.Declaration.Name);
                }

                TellPresent();
            }
        }
    }

    private sealed class Leave(HandlerRoster roster, IHandler handler) : IDisposable
    {
        public void Dispose() => roster.Remove(handler);
    }
}
