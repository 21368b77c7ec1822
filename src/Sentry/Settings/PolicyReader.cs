using System.Globalization;
using System.Text.Json;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Checks the value of <c>--oom_policy</c>: a JSON object of limits, each a whole number from 0.</summary>
internal static class PolicyReader
{
    private const string Form = "a JSON object such as {\"RR_KSWAPD\":5}";
    private static readonly string[] Names = ["RR_KSWAPD", "RR_DIRECT_RECLAIM", "RR_HUGEPAGE_RECLAIM"];

    public static void Check(string owner, ShellWord text, ProblemList problems)
    {
        JsonElement policy;
        try
        {
            using var parsed = JsonDocument.Parse(text.Text);
            policy = parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            Refuse($"{owner} is {Spelling.Shown(text.Text)}", Form, "write it in JSON, in single quotes");
            return;
        }

        if (policy.ValueKind != JsonValueKind.Object || !policy.EnumerateObject().Any())
        {
            Refuse($"{owner} is {Spelling.Shown(text.Text)}", Form, "write at least one limit in braces");
            return;
        }

        foreach (var limit in policy.EnumerateObject())
        {
            if (!Names.Contains(limit.Name))
            {
                Refuse($"{owner} has {Spelling.Shown(limit.Name)}", string.Join(", ", Names), "write one of these");
            }
            else if (
                limit.Value.ValueKind != JsonValueKind.Number
                || !int.TryParse(limit.Value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
            {
                var found = $"{owner}: {limit.Name} is {Spelling.Shown(limit.Value.GetRawText())}";
                Refuse(found, "a whole number, 0 to 2147483647", "write its digits only");
            }
        }

        void Refuse(string found, string expected, string advice) =>
            problems.Add(text.At, TopologyProblemCode.Setting, found, expected, advice);
    }
}
