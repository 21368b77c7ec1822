using System.Globalization;
using System.Numerics;
using System.Text;

namespace ClusterRas.Sentry.Stock;

/// <summary>JSON as Python reads it, as far as an object of limits goes: NaN is a number, and of two equal names the last holds.</summary>
internal sealed class PythonJson
{
    private const int DepthMax = 900;

    private readonly string text;
    private int at;

    private PythonJson(string text) => this.text = text;

    /// <summary>The members of an object, a whole number or a truth each; anything else is <see cref="Other"/>.</summary>
    /// <returns>False: it is not JSON.</returns>
    /// <exception cref="OverflowException">A number in it has more digits than Python reads.</exception>
    public static bool TryRead(string text, out object? value)
    {
        var reader = new PythonJson(text);
        value = null;
        try
        {
            reader.SkipBlanks();
            value = reader.ReadValue(0);
            reader.SkipBlanks();
            return reader.at == text.Length;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Stands for a value that no limit can be.</summary>
    public static readonly object Other = new();

    private static FormatException Bad() => new();

    private char Peek() => at < text.Length ? text[at] : throw Bad();

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
        {
            at++;
        }
    }

    private object ReadValue(int depth)
    {
        if (depth > DepthMax)
        {
            throw Bad();
        }

        switch (Peek())
        {
            case '{':
                return ReadObject(depth);
            case '[':
                return ReadArray(depth);
            case '"':
                ReadString();
                return Other;
            case 't' when Takes("true"):
                return true;
            case 'f' when Takes("false"):
                return false;
            case 'n' when Takes("null"):
            case 'N' when Takes("NaN"):
            case 'I' when Takes("Infinity"):
            case '-' when Takes("-Infinity"):
                return Other;
            default:
                return ReadNumber();
        }
    }

    private bool Takes(string word)
    {
        if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    private List<KeyValuePair<string, object>> ReadObject(int depth)
    {
        var members = new List<KeyValuePair<string, object>>();
        at++;
        SkipBlanks();
        if (Peek() == '}')
        {
            at++;
            return members;
        }

        while (true)
        {
            SkipBlanks();
            var name = Peek() == '"' ? ReadString() : throw Bad();
            SkipBlanks();
            Expect(':');
            SkipBlanks();
            var member = KeyValuePair.Create(name, ReadValue(depth + 1));

            // The last value, at the place of the first.
            var known = members.FindIndex(other => other.Key == name);
            if (known < 0)
            {
                members.Add(member);
            }
            else
            {
                members[known] = member;
            }

            SkipBlanks();
            if (Peek() == '}')
            {
                at++;
                return members;
            }

            Expect(',');
        }
    }

    private object ReadArray(int depth)
    {
        at++;
        SkipBlanks();
        if (Peek() == ']')
        {
            at++;
            return Other;
        }

        while (true)
        {
            SkipBlanks();
            ReadValue(depth + 1);
            SkipBlanks();
            if (Peek() == ']')
            {
                at++;
                return Other;
            }

            Expect(',');
        }
    }

    private void Expect(char letter)
    {
        if (Peek() != letter)
        {
            throw Bad();
        }

        at++;
    }

    private string ReadString()
    {
        var read = new StringBuilder();
        at++;
        while (Peek() != '"')
        {
            var letter = text[at++];
            if (letter < ' ')
            {
                throw Bad();
            }

            read.Append(letter == '\\' ? ReadEscape() : letter);
        }

        at++;
        return read.ToString();
    }

    private char ReadEscape()
    {
        var letter = Peek();
        at++;
        switch (letter)
        {
            case '"' or '\\' or '/':
                return letter;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when at + 4 <= text.Length && text[at..(at + 4)].All(char.IsAsciiHexDigit):
                at += 4;
                return (char)int.Parse(text.AsSpan(at - 4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            default:
                throw Bad();
        }
    }

    private object ReadNumber()
    {
        var start = at;
        at += text[at] == '-' ? 1 : 0;
        if (Peek() == '0')
        {
            at++;
        }
        else if (!SkipDigits())
        {
            throw Bad();
        }

        var end = at;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            at = SkipDigits() ? at : end;
        }

        var mantissa = at;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            at += at < text.Length && text[at] is '+' or '-' ? 1 : 0;
            at = SkipDigits() ? at : mantissa;
        }

        if (at == end && end - start - (text[start] == '-' ? 1 : 0) > Settings.PythonInt.DigitsMax)
        {
            throw new OverflowException();
        }

        return at > end ? Other : BigInteger.Parse(text.AsSpan(start, end - start), CultureInfo.InvariantCulture);
    }

    private bool SkipDigits()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at > start;
    }
}
