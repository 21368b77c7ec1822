using System.Globalization;
using System.Numerics;

namespace ClusterRas.Sentry.Stock;

/// <summary>Unsigned decimals of 32 bits as Linux reads them: a plus at most before them, a newline at most behind.</summary>
internal static class KernelNumber
{
    /// <summary>What came of it.</summary>
    public enum Outcome
    {
        /// <summary>A number.</summary>
        Read,

        /// <summary>No decimal.</summary>
        NoDecimal,

        /// <summary>More than 32 bits.</summary>
        TooLarge,
    }

    public static Outcome Read(string text, out uint value)
    {
        value = 0;
        var digits = text.StartsWith('+') ? text[1..] : text;
        digits = digits.EndsWith('\n') ? digits[..^1] : digits;
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
        {
            return Outcome.NoDecimal;
        }

        var number = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        if (number > uint.MaxValue)
        {
            return Outcome.TooLarge;
        }

        value = (uint)number;
        return Outcome.Read;
    }
}
