namespace ClusterRas.Fabric;

/// <summary>The form of the names of racks and switches: 1 to 63 of letters, digits and <c>. _ - / :</c>.</summary>
/// <remarks>They are somebody else's names, so the form is wider than a node's; blanks are out, as two maps must not look alike.</remarks>
public static class SiteLabel
{
    /// <summary>The form in words, for messages to people.</summary>
    public const string Form = "1 to 63 of letters, digits and . _ - / :";

    /// <summary>True if the text has this form.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= Limits.NameLengthMax
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':');
}
