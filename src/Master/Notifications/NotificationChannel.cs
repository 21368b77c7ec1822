using System.Collections.Immutable;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>Where people are told, and of what.</summary>
/// <param name="Name">Unique; a DNS label. The same on every node that can be master.</param>
/// <param name="Kinds">Incidents of these kinds.</param>
/// <param name="TellsEnd">Also when they are over.</param>
/// <param name="Delivery">How.</param>
public sealed record NotificationChannel(
    string Name,
    ImmutableHashSet<EventKind> Kinds,
    bool TellsEnd,
    INotificationDelivery Delivery
);

/// <summary>Takes one notification to where people look.</summary>
public interface INotificationDelivery
{
    /// <summary>It must never happen twice: who finds a start without an end does not start it again.</summary>
    bool IsAtMostOnce { get; }

    /// <summary>No attempt of another node lasts longer than this once that node is not master any more.</summary>
    TimeSpan Patience { get; }

    /// <summary>Tries until it is taken, or until it is in vain. Throws only for <paramref name="stop"/>.</summary>
    /// <param name="goesOn">Asked before each try but the first: false ends it without an outcome.</param>
    /// <param name="failed">Told of each try that failed and will be made again.</param>
    /// <returns>What came of it; null: it was ended.</returns>
    Task<DeliveryOutcome?> DeliverAsync(
        Notification notification,
        Func<bool> goesOn,
        Action<FailedTry> failed,
        CancellationToken stop
    );
}

/// <summary>What came of a notification.</summary>
/// <param name="IsTaken">False: given up.</param>
/// <param name="Detail">For people: an HTTP status, an exit status, how many tries.</param>
public sealed record DeliveryOutcome(bool IsTaken, string Detail);

/// <summary>A try that failed.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="Next">Until the next one.</param>
public sealed record FailedTry(Notification Notification, int Attempt, TimeSpan Next, string Why);
