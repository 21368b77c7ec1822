using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Master.Notifications;

/// <summary>A program on the master's machine: started without a shell, once, told by its environment, killed at its limit.</summary>
public sealed class NotifyProgram(ImmutableArray<string> command, TimeSpan timeout, TimeProvider time)
    : INotificationDelivery
{
    /// <inheritdoc />
    public bool IsAtMostOnce => true;

    /// <inheritdoc />
    public TimeSpan Patience => timeout;

    /// <inheritdoc />
    public async Task<DeliveryOutcome?> DeliverAsync(
        Notification notification,
        Func<bool> goesOn,
        Action<FailedTry> failed,
        CancellationToken stop
    )
    {
        Process process;
        try
        {
            process = Process.Start(Start(notification))!;
        }
        catch (Win32Exception error)
        {
            return new DeliveryOutcome(false, $"{command[0]} could not be started: {error.Message}");
        }

        using (process)
        {
            using var limit = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            try
            {
                await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
                var code = process.ExitCode;
                return new DeliveryOutcome(
                    code == 0,
                    string.Create(CultureInfo.InvariantCulture, $"exit status {code}")
                );
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return new DeliveryOutcome(
                    false,
                    $"it took longer than {timeout.TotalMilliseconds:F0} ms and was killed"
                );
            }
            finally
            {
                Kill(process);
            }
        }
    }

    private ProcessStartInfo Start(Notification notification)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (
            var (name, value) in new[]
            {
                ("KEY", notification.Key),
                ("MOMENT", notification.MomentWord),
                ("CLUSTER", notification.Cluster),
                ("INCIDENT", notification.Incident.ToString()),
                ("VICTIM", notification.Node),
                ("KIND", notification.KindWord),
                ("SEVERITY", notification.Severity),
                ("DRILL", notification.IsDrill ? "1" : "0"),
                ("SUMMARY", notification.Summary),
            }
        )
        {
            // What a node says of itself may hold anything, and an environment cannot.
            start.Environment[$"CLUSTERRAS_{name}"] = value.Replace('\0', ' ');
        }

        return start;
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended by itself, or a child of it has.
        }
    }
}
