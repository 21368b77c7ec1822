namespace ClusterRas.Fabric;

/// <summary>The form of node and cluster names: 1 to 63 of a-z, 0-9 and "-", no "-" at either end.</summary>
/// <remarks>Lower case only: DNS would take <c>N01</c> for <c>n01</c>, and then two nodes had one name.</remarks>
public static class DnsLabel
{
    /// <summary>The form in words, for messages to people.</summary>
    public const string Form = "a DNS label: 1 to 63 of a-z, 0-9 and \"-\", no \"-\" at either end";

    /// <summary>True if the text has this form.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= Limits.NameLengthMax
        && text[0] != '-'
        && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
