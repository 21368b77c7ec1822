using System.Globalization;
using System.Net;
using System.Numerics;

namespace ClusterRas.Fabric.Drafts;

/// <summary>Reads eids and CNAs, wherever they are said: what is none is told alike in files, lines and inventories.</summary>
public static class AddressReader
{
    /// <summary>What an eid looks like.</summary>
    public const string EidForm = "8 groups of 4 hex digits, e.g. fd00:0000:0000:0000:0000:0000:0000:0001";

    /// <summary>What a CNA is.</summary>
    public const string CnaForm = "a whole number, 0 to 16777214";

    /// <summary>An eid in full form, 39 characters; null, with a problem: it is none, or all zero.</summary>
    /// <param name="owner">Whose it is, for problems.</param>
    /// <param name="text">As it was said.</param>
    /// <param name="problems">Taken to.</param>
    public static Said<Eid>? ReadEid(string owner, Said<string> text, ProblemList problems)
    {
        if (Eid.TryParse(text.Value, out var eid))
        {
            return Judge(owner, new Said<Eid>(eid, text.At), problems);
        }

        var length =
            text.Value.Length == Eid.TextLength
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" ({text.Value.Length} characters, not 39)");

        // The short form is what "ip address" prints; say what it is in full.
        problems.Add(
            text.At,
            TopologyProblemCode.EidForm,
            $"{owner}: eid {Spelling.Shown(text.Value)} is not in full form{length}",
            EidForm,
            FullOf(text.Value.Trim()) is { } full ? $"write {full}"
                : text.Value.Length == 0 ? "remove the separator before it, or write the eid"
                : "write the eid of this DIE"
        );
        return null;
    }

    /// <summary>The same in any form of IPv6: <c>fd00::1</c>.</summary>
    public static Said<Eid>? ReadShortEid(string owner, Said<string> text, ProblemList problems)
    {
        if (FullOf(text.Value) is { } eid)
        {
            return Judge(owner, new Said<Eid>(eid, text.At), problems);
        }

        problems.Add(
            text.At,
            TopologyProblemCode.EidForm,
            $"{owner}: eid {Spelling.Shown(text.Value)} is no IPv6 address of a DIE",
            "an IPv6 address, in full or short",
            "write the eid of this DIE"
        );
        return null;
    }

    /// <summary>A CNA; null, with a problem: it is none, or that which means everyone.</summary>
    /// <param name="owner">Whose it is, for problems.</param>
    /// <param name="text">As it was said, the way problems show it.</param>
    /// <param name="value">Its number; null: it is none.</param>
    /// <param name="problems">Taken to.</param>
    /// <param name="expected">What would be right.</param>
    /// <param name="advice">What to do.</param>
    public static Said<Cna>? ReadCna(
        string owner,
        Said<string> text,
        BigInteger? value,
        ProblemList problems,
        string expected = CnaForm,
        string advice = "write the node's CNA"
    )
    {
        if (value is { } number && number >= 0 && number <= Cna.Max)
        {
            return new Said<Cna>(new Cna((uint)number), text.At);
        }

        var isEveryone = value == Cna.Max + 1;
        problems.Add(
            text.At,
            isEveryone ? TopologyProblemCode.CnaBroadcast : TopologyProblemCode.CnaRange,
            isEveryone
                ? $"{owner}: cna {text.Value} (0xffffff) means \"everyone\" to the driver when it sends"
                : $"{owner}: cna is {text.Value}",
            expected,
            advice
        );
        return null;
    }

    private static Said<Eid>? Judge(string owner, Said<Eid> eid, ProblemList problems)
    {
        if (eid.Value != Eid.None)
        {
            return eid;
        }

        problems.Add(
            eid.At,
            TopologyProblemCode.EidUnset,
            $"{owner}: eid is all zero, which means \"not set\"",
            EidForm,
            "write the eid of this DIE"
        );
        return null;
    }

    private static Eid? FullOf(string text) =>
        text.Contains(':', StringComparison.Ordinal)
        && !text.Contains('%', StringComparison.Ordinal)
        && IPAddress.TryParse(text, out var address)
        && address.GetAddressBytes() is { Length: 16 } bytes
            ? Eid.FromBytes(bytes)
            : null;
}
