using System.Buffers;
using System.Globalization;
using System.Text;

namespace Grpc.Framing;

/// <summary>How grpc-message crosses the wire: UTF-8, with everything but printable ASCII and "%" itself as %XX.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%'))
    );

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: a "%" that no two hex digits follow stands for itself, broken UTF-8 is replaced.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = new ArrayBufferWriter<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (
                text[at] == '%'
                && at + 2 < text.Length
                && byte.TryParse(
                    text.AsSpan(at + 1, 2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var b
                )
            )
            {
                bytes.Write([b]);
                at += 2;
            }
            else
            {
                bytes.Write(Encoding.UTF8.GetBytes([text[at]]));
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
