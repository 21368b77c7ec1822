using System.Globalization;
using System.Numerics;

namespace ClusterRas.Sentry.Stock;

/// <summary>The value of <c>--oom_policy</c>, as the service turns it into the driver's text.</summary>
internal static class StockPolicy
{
    private static readonly string[] Names = ["RR_KSWAPD", "RR_DIRECT_RECLAIM", "RR_HUGEPAGE_RECLAIM"];

    /// <summary>What the service says against it; null: nothing.</summary>
    public static string? Refusal(string text, out string rates)
    {
        rates = "";
        object? value;
        try
        {
            if (!PythonJson.TryRead(text, out value))
            {
                return "oom_policy must be valid JSON format";
            }
        }
        catch (OverflowException)
        {
            return "Failed to parse oom_policy: Exceeds the limit (4300 digits) for integer string conversion";
        }

        if (value is not List<KeyValuePair<string, object>> limits)
        {
            return "oom_policy must be a JSON object";
        }

        var parts = new List<string>();
        foreach (var (name, limit) in limits)
        {
            if (!Names.Contains(name))
            {
                return $"Invalid event type: {name}.";
            }

            // A truth is a number to Python; the driver finds out.
            if (limit is not (BigInteger or bool))
            {
                return $"Limit value for {name} must be an integer";
            }

            if (limit is BigInteger { Sign: < 0 })
            {
                return $"Limit value for {name} must be >= 0";
            }

            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}:{limit}"));
        }

        if (parts.Count == 0)
        {
            return "oom_policy must contain at least one event type";
        }

        rates = string.Join(',', parts);
        return null;
    }
}
