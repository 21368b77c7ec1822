using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ClusterRas.Node.Telemetry;

/// <summary>Gives a span an id of our own. .NET draws them by chance, and its public API has no way to say one.</summary>
/// <remarks>Hence a field of the runtime's own. Were it gone in some later runtime, <see cref="IsPossible"/> says so, and nothing breaks.</remarks>
internal static class ChosenSpanId
{
    /// <summary>This runtime keeps the id where it is looked for.</summary>
    public static bool IsPossible { get; } = Try();

    /// <summary>To be called before anybody has asked for the id of this span.</summary>
    public static void Set(Activity span, ActivitySpanId id) => Kept(span) = id.ToHexString();

    private static bool Try()
    {
        using var span = new Activity("clusterras.trial").SetIdFormat(ActivityIdFormat.W3C).Start();
        var wished = ActivitySpanId.CreateFromString("0123456789abcdef");
        try
        {
            Set(span, wished);
            return span.SpanId == wished;
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? Kept(Activity span);
}
