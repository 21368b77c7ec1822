using System.Globalization;
using System.Numerics;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Sentry.Settings;

/// <summary>Turns the text of a setting into its value, or into problems: what sysSentry, its drivers or its users would trip over.</summary>
/// <param name="problems">Taken to.</param>
internal sealed class ValueReader(ProblemList problems)
{
    /// <summary>on or off, exactly.</summary>
    public void CheckSwitch(string owner, ShellWord text)
    {
        if (text.Text is not ("on" or "off"))
        {
            var lower = text.Text.ToLowerInvariant();
            var advice = lower is "on" or "1" or "true" or "yes" ? "write on" : "write off";
            Refuse(text.At, $"{owner} is {Shown(text)}", "on or off", advice);
        }
    }

    /// <summary>A whole number; null, with a problem: it is none, or beyond 32 bits.</summary>
    public Said<int>? Number(string owner, ShellWord text, string expected, TopologyProblemCode code)
    {
        if (PythonInt.TryParse(text.Text, out var value) && value >= int.MinValue && value <= int.MaxValue)
        {
            return new Said<int>((int)value, text.At);
        }

        problems.Add(text.At, code, $"{owner} is {Shown(text)}", expected, "write a whole number");
        return null;
    }

    /// <summary>The own CNA.</summary>
    public Said<Cna>? OwnCna(string owner, ShellWord text)
    {
        return AddressReader.ReadCna(
            owner,
            new Said<string>(Spelling.Shown(text.Text), text.At),
            PythonInt.TryParse(text.Text, out var value) ? value : null,
            problems
        );
    }

    /// <summary>The own eids, in the order of the DIEs.</summary>
    public List<Said<Eid>?> OwnEids(string owner, ShellWord text)
    {
        var parts = text.Split(';').ToList();
        if (parts.Count > Limits.DieCountMax)
        {
            Refuse(
                parts[Limits.DieCountMax].At,
                string.Create(CultureInfo.InvariantCulture, $"{owner} has {parts.Count} eids"),
                "1 or 2, with one semicolon between them",
                "remove the others"
            );
        }

        return [.. parts.Take(Limits.DieCountMax).Select(part => EidOf(owner, part))];
    }

    /// <summary>Own eids in lower case, as acks have them.</summary>
    public void CheckCase(string owner, ShellWord text)
    {
        foreach (var part in text.Split(';'))
        {
            if (Eid.TryParse(part.Text, out var eid) && part.Text != eid.ToString())
            {
                problems.Add(
                    part.At,
                    TopologyProblemCode.EidCase,
                    $"{owner}: eid {Shown(part)} has letters in upper case",
                    "the eid in lower case",
                    $"write {eid}"
                );
            }
        }
    }

    /// <summary>Lists of eids, one a DIE.</summary>
    public List<DraftList<Eid>> EidLists(string owner, ShellWord text)
    {
        var lists = new List<DraftList<Eid>>();
        foreach (var list in text.Split(';'))
        {
            if (list.Text.Length == 0)
            {
                Refuse(
                    list.At,
                    $"{owner} has an empty list",
                    "a list behind each semicolon",
                    "remove the semicolon, or write the list"
                );
                continue;
            }

            if (lists.Count == Limits.DieCountMax)
            {
                Refuse(
                    list.At,
                    $"{owner} has more than 2 lists",
                    "one list for each DIE, with a semicolon between them",
                    "remove the others"
                );
                break;
            }

            var items = list.Split(',').Select(part => EidOf(owner, part)).ToList();
            lists.Add(
                new DraftList<Eid>(list.At, [.. items.OfType<Said<Eid>>()]) { HasBadItems = items.Contains(null) }
            );
        }

        return lists;
    }

    /// <summary>The CNAs of the peers.</summary>
    public DraftList<Cna> Cnas(string owner, ShellWord text)
    {
        var items = new List<Said<Cna>>();
        var count = 0;
        foreach (var part in Stripped(text).Split(';'))
        {
            count++;

            // The driver's own parser: decimal digits with a plus at most before them, a newline behind, and no blanks.
            var digits = part.Text.StartsWith('+') ? part.Text[1..] : part.Text;
            digits = digits.EndsWith('\n') ? digits[..^1] : digits;
            if (digits.Length is > 0 and <= 22 && digits.All(char.IsAsciiDigit))
            {
                if (CnaOf(owner, part, BigInteger.Parse(digits, CultureInfo.InvariantCulture)) is { } cna)
                {
                    items.Add(cna);
                }

                continue;
            }

            var advice =
                part.Text.Length == 0 ? "remove a semicolon, or write the CNA"
                : part.Text.Contains(',', StringComparison.Ordinal)
                || part.Text.Contains('\uFF1B', StringComparison.Ordinal)
                    ? "separate CNAs by semicolons (;)"
                : "write its digits only";
            Refuse(
                part.At,
                $"{owner} has {(part.Text.Length == 0 ? "an empty entry" : Shown(part))}",
                AddressReader.CnaForm,
                advice
            );
        }

        return new DraftList<Cna>(text.At, items) { HasBadItems = items.Count != count };
    }

    // sysSentry takes blanks off the whole list, and off nothing else.
    private static ShellWord Stripped(ShellWord text)
    {
        var kept = Stock.PythonText.Strip(text.Text);
        var start = kept.Length == 0 ? 0 : text.Text.IndexOf(kept, StringComparison.Ordinal);
        return text.Part(start..(start + kept.Length));
    }

    private Said<Cna>? CnaOf(string owner, ShellWord text, BigInteger value) =>
        AddressReader.ReadCna(owner, new Said<string>(Spelling.Plain(text.Text, 64), text.At), value, problems);

    private Said<Eid>? EidOf(string owner, ShellWord text) =>
        AddressReader.ReadEid(owner, new Said<string>(text.Text, text.At), problems);

    private void Refuse(Place at, string found, string expected, string advice) =>
        problems.Add(at, TopologyProblemCode.Setting, found, expected, advice);

    private static string Shown(ShellWord text) => Spelling.Shown(text.Text);
}
