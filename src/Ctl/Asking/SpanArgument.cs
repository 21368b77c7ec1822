using System.CommandLine;
using System.Globalization;

namespace ClusterRas.Ctl.Asking;

/// <summary>Options that take a span of time as people write it: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c>.</summary>
internal static class SpanArgument
{
    public static Option<TimeSpan> Option(string name, TimeSpan max) =>
        new(name)
        {
            HelpName = "SPAN",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (TryParse(text, out var span) && span > TimeSpan.Zero && span <= max)
                {
                    return span;
                }

                result.AddError(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} takes a whole number with s, m, h or d behind it, at most {max.TotalDays:F0}d, not \"{text}\"."
                    )
                );
                return TimeSpan.Zero;
            },
        };

    private static bool TryParse(string text, out TimeSpan span)
    {
        var unit = text.Length == 0 ? 0 : UnitSeconds(text[^1]);
        if (
            unit > 0
            && int.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            span = TimeSpan.FromSeconds((double)number * unit);
            return true;
        }

        span = TimeSpan.Zero;
        return false;
    }

    private static int UnitSeconds(char unit) =>
        unit switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => 0,
        };
}
