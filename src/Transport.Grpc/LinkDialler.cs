using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using Polly;
using Polly.Retry;

namespace ClusterRas.Transport.Grpc;

/// <summary>Makes connections for one link: when it has none, and beside the one it has when asked to.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore holds no handle: nobody asks it for one.")]
internal sealed class LinkDialler(GrpcLink link, GrpcTransport transport)
{
    // The wish is repeated each second while there is reason for it.
    private static readonly TimeSpan WishFor = TimeSpan.FromMilliseconds(2500);

    // One attempt at a time, so that a later one is a newer one at the peer too.
    private readonly SemaphoreSlim dialling = new(1);
    private readonly ResiliencePipeline<bool> redial = Redial(transport.Options);
    private readonly Lock gate = new();
    private Instant wishedAt;
    private LinkConnection? wishedBeside;
    private bool isDiallingBeside;

    /// <summary>Dials whenever the link has no connection, until the link ends.</summary>
    public async Task RunAsync()
    {
        var stop = link.Ending;
        try
        {
            while (true)
            {
                await link.WhenDownAsync(stop).ConfigureAwait(false);
                if (link.IsFirstDialler || await StandsInAsync(stop).ConfigureAwait(false))
                {
                    await redial
                        .ExecuteAsync(static (self, stop) => self.AttemptAsync(stop), this, stop)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the link.
        }
    }

    /// <summary>Dials a connection beside the present one; returns at once.</summary>
    public void DialBeside()
    {
        lock (gate)
        {
            wishedAt = link.Now;
            // Also while dialling: the connection that has come meanwhile may be the one that is doubted now.
            wishedBeside = link.Newest;
            if (isDiallingBeside || wishedBeside is null)
            {
                return;
            }

            isDiallingBeside = true;
            transport.Running.Add(Task.Run(DialBesideAsync));
        }
    }

    private static ResiliencePipeline<bool> Redial(GrpcTransportOptions options) =>
        new ResiliencePipelineBuilder<bool>()
            .AddRetry(
                new RetryStrategyOptions<bool>
                {
                    ShouldHandle = static attempt => new(attempt.Outcome is { Exception: null, Result: false }),
                    MaxRetryAttempts = int.MaxValue,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = options.RedialFirst,
                    MaxDelay = options.RedialMax,
                    UseJitter = true,
                }
            )
            .Build();

    /// <summary>True: the peer, whose turn it is, does not reach us.</summary>
    private async Task<bool> StandsInAsync(CancellationToken stop)
    {
        var up = link.WhenUpAsync(stop);
        var first = await Task.WhenAny(up, Task.Delay(transport.Options.StandInAfter, stop)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return first != up && !link.IsOpen;
    }

    private async ValueTask<bool> AttemptAsync(CancellationToken stop)
    {
        if (link.IsOpen)
        {
            return true;
        }

        if (await DialAsync(stop).ConfigureAwait(false) is not { } connection)
        {
            return link.IsOpen;
        }

        // A peer that lets us in and throws us out again is not dialled at full speed.
        await Task.WhenAny(connection.Ended, Task.Delay(transport.Options.LivesFor, stop)).ConfigureAwait(false);
        return !connection.Ended.IsCompleted;
    }

    private async Task DialBesideAsync()
    {
        try
        {
            await redial
                .ExecuteAsync(static (self, stop) => self.AttemptBesideAsync(stop), this, link.Ending)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (link.Ending.IsCancellationRequested)
        {
            // The end of the link.
        }
        finally
        {
            lock (gate)
            {
                isDiallingBeside = false;
            }
        }
    }

    private async ValueTask<bool> AttemptBesideAsync(CancellationToken stop)
    {
        lock (gate)
        {
            if (link.Now - wishedAt > WishFor || link.Newest != wishedBeside)
            {
                return true;
            }
        }

        return await DialAsync(stop).ConfigureAwait(false) is not null;
    }

    private async Task<DialledConnection?> DialAsync(CancellationToken stop)
    {
        await dialling.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var attempt = new LinkAttempt(link, transport);
            if (await attempt.RunAsync(stop).ConfigureAwait(false) is { } connection)
            {
                if (link.TryAdd(connection))
                {
                    transport.Running.Add(Task.Run(() => connection.RunAsync(link), CancellationToken.None));
                    return connection;
                }

                connection.HangUp();
            }
            else
            {
                stop.ThrowIfCancellationRequested();
                link.NoteFailed(attempt.Loss, attempt.Reason);
            }

            return null;
        }
        finally
        {
            dialling.Release();
        }
    }
}
