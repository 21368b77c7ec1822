using System.Globalization;
using System.Numerics;
using System.Text;

namespace ClusterRas.Sentry.Settings;

/// <summary>Whole numbers as <c>sentryctl</c> reads them, which is as Python does.</summary>
/// <remarks>Blanks around, a sign, "_" between digits, digits of any script: "+5", " 7 ", "1_000", "007". Observed.</remarks>
internal static class PythonInt
{
    /// <summary>Most digits of a number: Python refuses more, signs and "_" not counted.</summary>
    public const int DigitsMax = 4300;

    public static bool TryParse(string text, out BigInteger value)
    {
        value = default;
        var trimmed = text.Trim();
        var isNegative = trimmed.StartsWith('-');
        var digits = trimmed.StartsWith('-') || trimmed.StartsWith('+') ? trimmed[1..] : trimmed;
        if (digits.Length == 0)
        {
            return false;
        }

        var plain = new StringBuilder();
        var wasDigit = false;
        foreach (var rune in digits.EnumerateRunes())
        {
            var digit =
                Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber
                    ? (int)Rune.GetNumericValue(rune)
                    : -1;
            if (digit >= 0)
            {
                plain.Append((char)('0' + digit));
            }
            else if (rune.Value != '_' || !wasDigit)
            {
                return false;
            }

            wasDigit = digit >= 0;
        }

        if (!wasDigit || plain.Length > DigitsMax)
        {
            return false;
        }

        value = BigInteger.Parse(plain.ToString(), NumberStyles.None, CultureInfo.InvariantCulture);
        value = isNegative ? -value : value;
        return true;
    }
}
