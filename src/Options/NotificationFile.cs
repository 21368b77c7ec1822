using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Options;

/// <summary>Whom people's notifications go to; the same file on every node that can be master.</summary>
/// <param name="Channels">Each name once.</param>
public sealed record NotificationFile(ImmutableArray<ChannelSetting> Channels)
{
    /// <summary>The format's version.</summary>
    public const int FormatVersion = 1;

    /// <summary>Kinds of incidents that a channel may have: those of events, and what nobody says.</summary>
    public static readonly ImmutableArray<string> EventWords = [.. NodeOption.EventWords, "silent"];

    /// <summary>Of a channel that names none: all but the alarms of single ports.</summary>
    public static readonly ImmutableArray<string> EventsDefault = [.. EventWords.Where(word => word != "link")];

    /// <summary>The forms of a webhook's body.</summary>
    public static readonly ImmutableArray<string> Formats = ["plain", "alertmanager", "slack"];

    /// <summary>Most a try may take, and most until it is given up.</summary>
    public const int MsMax = 86_400_000;
}

/// <summary>One channel: a webhook or a program.</summary>
/// <param name="Name">A DNS label.</param>
/// <param name="Events">Words of <see cref="NotificationFile.EventWords"/>, at least one.</param>
/// <param name="TellsEnd">Also when an incident is over.</param>
/// <param name="Webhook">An absolute http or https address; null: a program.</param>
/// <param name="Format">One of <see cref="NotificationFile.Formats"/>.</param>
/// <param name="TokenFile">Holds a bearer token for the webhook; null: none is sent.</param>
/// <param name="Command">A program and its arguments; empty: a webhook.</param>
/// <param name="TimeoutMs">Of one try.</param>
/// <param name="GiveUpMs">Since the first try of a webhook no other is begun.</param>
public sealed record ChannelSetting(
    Said<string> Name,
    ImmutableArray<string> Events,
    bool TellsEnd,
    Uri? Webhook,
    string Format,
    Said<string>? TokenFile,
    ImmutableArray<Said<string>> Command,
    int TimeoutMs,
    int GiveUpMs
);
