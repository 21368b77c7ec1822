using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ClusterRas.Ctl.Asking;

/// <summary>Options that take a whole number of a range, and say so in the operator's words.</summary>
internal static class WholeNumber
{
    /// <summary>An option; null where it is not given.</summary>
    public static Option<int?> Option(string name, string helpName, int min, int max) =>
        new(name) { HelpName = helpName, CustomParser = result => (int?)Parse(result, name, min, max) };

    /// <summary>An argument that must be there.</summary>
    public static Argument<long> Argument(string name) =>
        new(name) { HelpName = name, CustomParser = result => Parse(result, name, 1, long.MaxValue) };

    private static long Parse(ArgumentResult result, string name, long min, long max)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= min && number <= max)
            {
                return number;
            }
        }

        var range = max == long.MaxValue ? "a whole number from " + min : $"{min} to {max}";
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes {range}, not \"{text}\"."));
        return min;
    }
}
