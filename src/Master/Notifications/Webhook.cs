using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace ClusterRas.Master.Notifications;

/// <summary>An HTTP address that is told by POST, again and again until it says that it has it.</summary>
/// <remarks>At least once: <c>Idempotency-Key</c> is the same for each try of one notification, and
/// <c>Clusterras-Attempt</c> counts them. 2xx is "taken"; other 4xx than 408 and 429 are "never".</remarks>
public sealed class Webhook(WebhookOptions options, HttpClient http, TimeProvider time) : INotificationDelivery
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public bool IsAtMostOnce => false;

    /// <inheritdoc />
    public TimeSpan Patience => options.Timeout;

    /// <inheritdoc />
    public async Task<DeliveryOutcome?> DeliverAsync(
        Notification notification,
        Func<bool> goesOn,
        Action<FailedTry> failed,
        CancellationToken stop
    )
    {
        var began = time.GetTimestamp();
        var tries = 0;
        var pipeline = new ResiliencePipelineBuilder<Try> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<Try>
                {
                    MaxRetryAttempts = int.MaxValue,
                    Delay = FirstPause,
                    MaxDelay = PauseMax,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = outcome =>
                        ValueTask.FromResult(
                            outcome.Outcome.Result is { IsWorthAnother: true }
                                && time.GetElapsedTime(began) < options.GiveUpAfter
                        ),
                    OnRetry = retry =>
                    {
                        failed(
                            new FailedTry(
                                notification,
                                notification.Attempt + tries - 1,
                                retry.RetryDelay,
                                retry.Outcome.Result?.What ?? ""
                            )
                        );
                        return ValueTask.CompletedTask;
                    },
                }
            )
            .Build();
        var last = await pipeline
            .ExecuteAsync(
                async stop =>
                {
                    if (tries > 0 && !goesOn())
                    {
                        return Try.Ended;
                    }

                    tries++;
                    return await PostAsync(notification with { Attempt = notification.Attempt + tries - 1 }, stop)
                        .ConfigureAwait(false);
                },
                stop
            )
            .ConfigureAwait(false);
        return ReferenceEquals(last, Try.Ended)
            ? null
            : new DeliveryOutcome(
                last.IsTaken,
                string.Create(CultureInfo.InvariantCulture, $"{last.What}, {tries} {(tries == 1 ? "try" : "tries")}")
            );
    }

    private async Task<Try> PostAsync(Notification notification, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address)
        {
            Content = new ByteArrayContent(WebhookBody.Of(notification, options.Format, time.GetUtcNow())),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", notification.Key);
        request.Headers.Add("Clusterras-Attempt", notification.Attempt.ToString(CultureInfo.InvariantCulture));
        if (options.Token is { Length: > 0 } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            var code = (int)response.StatusCode;
            var isNever =
                code is >= 400 and < 500
                && response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
            return new Try(
                response.IsSuccessStatusCode,
                !response.IsSuccessStatusCode && !isNever,
                string.Create(CultureInfo.InvariantCulture, $"HTTP {code}")
            );
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Try(false, true, $"no answer within {options.Timeout.TotalMilliseconds:F0} ms");
        }
        catch (HttpRequestException error)
        {
            return new Try(false, true, error.Message);
        }
    }

    private sealed record Try(bool IsTaken, bool IsWorthAnother, string What)
    {
        public static readonly Try Ended = new(false, false, "");
    }
}

/// <summary>Of one webhook.</summary>
/// <param name="Timeout">Of one try.</param>
/// <param name="GiveUpAfter">Since the first try, no other one is begun.</param>
/// <param name="Token">Sent as a bearer token; null: none.</param>
public sealed record WebhookOptions(
    Uri Address,
    WebhookFormat Format,
    TimeSpan Timeout,
    TimeSpan GiveUpAfter,
    string? Token
);
