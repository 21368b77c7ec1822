using System.Buffers.Binary;
using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>The 128-bit address of one DIE, written as an IPv6 address in full.</summary>
/// <remarks>Held as two big-endian halves, so that the value is the wire's bytes and compares as the text does.</remarks>
public readonly record struct Eid(ulong High, ulong Low) : IComparable<Eid>
{
    /// <summary>Characters of the full form: 8 groups of 4 hex digits and 7 colons.</summary>
    public const int TextLength = 39;

    /// <summary>The address that means "not set"; no DIE may have it.</summary>
    public static readonly Eid None;

    /// <summary>Parses the full form, e.g. <c>fd00:0000:0000:0000:0000:0000:0000:0001</c>; "::" is refused.</summary>
    /// <remarks>Upper case is taken and comes out as lower case. Source: sysSentry, option --eid.</remarks>
    /// <returns>False, with the zero Eid, for any other text. Never throws.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Eid eid)
    {
        eid = None;
        if (text.Length != TextLength)
        {
            return false;
        }

        ulong high = 0;
        ulong low = 0;
        for (var group = 0; group < 8; group++)
        {
            var start = group * 5;
            if (group > 0 && text[start - 1] != ':')
            {
                return false;
            }

            ulong value = 0;
            foreach (var c in text.Slice(start, 4))
            {
                if (!char.IsAsciiHexDigit(c))
                {
                    return false;
                }

                value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }

            if (group < 4)
            {
                high = (high << 16) | value;
            }
            else
            {
                low = (low << 16) | value;
            }
        }

        eid = new Eid(high, low);
        return true;
    }

    /// <summary>Reads 16 bytes in network order.</summary>
    public static Eid FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes 16 bytes in network order.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc />
    public int CompareTo(Eid other)
    {
        var byHigh = High.CompareTo(other.High);
        return byHigh != 0 ? byHigh : Low.CompareTo(other.Low);
    }

    /// <summary>The canonical text: 39 characters, lower case.</summary>
    public override string ToString()
    {
        var value = ((UInt128)High << 64) | Low;
        return string.Create(
            TextLength,
            value,
            static (text, bits) =>
            {
                for (var group = 0; group < 8; group++)
                {
                    var part = (ushort)(bits >> (112 - (16 * group)));
                    part.TryFormat(text.Slice(group * 5, 4), out _, "x4", CultureInfo.InvariantCulture);
                    if (group < 7)
                    {
                        text[(group * 5) + 4] = ':';
                    }
                }
            }
        );
    }
}
