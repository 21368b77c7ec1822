namespace ClusterRas.Fabric;

/// <summary>A member that the format has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expected">What its value is, for problems.</param>
/// <param name="Example">A value, as it is written in the file.</param>
/// <param name="Required">False: it may be missing.</param>
internal sealed record JsonMemberForm(string Name, string Expected, string Example, bool Required = true);

/// <summary>The members of one object, held against the format.</summary>
/// <remarks>Unknown, double and missing members become problems at once, wrong values when they are read.</remarks>
internal sealed class JsonMembers
{
    private const string Schema = "$schema";
    private readonly Dictionary<string, JsonTree> values = new(StringComparer.Ordinal);
    private readonly ProblemList problems;

    public JsonMembers(JsonTree.Object tree, string owner, JsonMemberForm[] forms, ProblemList problems)
    {
        this.problems = problems;
        Owner = owner;
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in tree.Members.TakeWhile(_ => !problems.IsFull))
        {
            if (!first.TryAdd(member.Name, member.Offset))
            {
                var line = problems.LineOf(first[member.Name]);
                problems.Add(
                    member.Offset,
                    TopologyProblemCode.DuplicateMember,
                    $"{owner}: {Spelling.Shown(member.Name)} is there twice, first on {line}",
                    "each member once",
                    "remove one of the two"
                );
            }
            else if (forms.Any(f => f.Name == member.Name))
            {
                values.Add(member.Name, member.Value);
            }
            else
            {
                var guess = Spelling.Closest(member.Name, forms.Select(f => f.Name));
                problems.Add(
                    member.Offset,
                    TopologyProblemCode.UnknownMember,
                    $"{owner}: unknown member {Spelling.Shown(member.Name)}",
                    $"only {string.Join(", ", forms.Select(f => f.Name))}",
                    guess is null ? "remove it" : $"did you mean \"{guess}\"?"
                );
            }
        }

        foreach (var form in forms.Where(f => f.Required && !values.ContainsKey(f.Name)))
        {
            problems.Add(
                tree.Offset,
                TopologyProblemCode.MissingMember,
                $"{owner} has no \"{form.Name}\"",
                form.Expected,
                $"add \"{form.Name}\": {form.Example}"
            );
        }
    }

    /// <summary>A file without its <c>$schema</c>, which is for editors only.</summary>
    public static JsonTree.Object WithoutSchema(JsonTree.Object file, ProblemList problems)
    {
        foreach (var member in file.Members.Where(member => member is { Name: Schema, Value: not JsonTree.Text }))
        {
            problems.Add(
                member.Value.Offset,
                TopologyProblemCode.WrongType,
                $"file: {Schema} is {member.Value.Shown}",
                "where the schema is, as a text",
                "write it in quotes, or remove the member"
            );
        }

        return file with
        {
            Members = file.Members.FindAll(member => member.Name != Schema),
        };
    }

    /// <summary>How problems call the object: <c>node "n03"</c>.</summary>
    public string Owner { get; }

    /// <summary>The member's value; null where it is missing or of another type (a problem by then).</summary>
    public T? Get<T>(JsonMemberForm form)
        where T : JsonTree
    {
        if (!values.TryGetValue(form.Name, out var value))
        {
            return null;
        }

        var typed = As<T>(value, $"{Owner}: {form.Name}", form);
        if (typed is null)
        {
            // One mistake, one problem, however often the member is asked for.
            values.Remove(form.Name);
        }

        return typed;
    }

    /// <summary>The value as a whole number; null as for <see cref="Get"/>, or with a problem of its own.</summary>
    public int? GetNumber(JsonMemberForm form, int max, TopologyProblemCode code)
    {
        if (Get<JsonTree.Number>(form) is not { } number)
        {
            return null;
        }

        if (number.TryGetInt(out var value) && value >= 0 && value <= max)
        {
            return value;
        }

        var found = $"{Owner}: {form.Name} is {number.Shown}";
        problems.Add(number.Offset, code, found, form.Expected, $"write {form.Example}");
        return null;
    }

    /// <summary>The value as any whole number, with its place; null as for <see cref="Get"/>, or with a problem of its own.</summary>
    public Said<int>? GetSaid(JsonMemberForm form, TopologyProblemCode code)
    {
        if (Get<JsonTree.Number>(form) is not { } number)
        {
            return null;
        }

        if (number.TryGetInt(out var value))
        {
            return new Said<int>(value, problems.At(number.Offset));
        }

        var found = $"{Owner}: {form.Name} is {number.Shown}";
        problems.Add(number.Offset, code, found, form.Expected, $"write {form.Example}");
        return null;
    }

    /// <summary>The value as a rack's or switch's name; null as for <see cref="Get"/>, or with a problem of its own.</summary>
    public Said<string>? GetSiteLabel(JsonMemberForm form)
    {
        if (Get<JsonTree.Text>(form) is not { } text)
        {
            return null;
        }

        if (SiteLabel.IsValid(text.Value))
        {
            return new Said<string>(text.Value, problems.At(text.Offset));
        }

        problems.Add(
            text.Offset,
            TopologyProblemCode.SiteName,
            $"{Owner}: {form.Name} {text.Shown} is not the name of a {form.Name}",
            form.Expected,
            $"write a name such as {form.Example}"
        );
        return null;
    }

    /// <summary>The value as a DNS label; null as for <see cref="Get"/>, or with a problem of its own.</summary>
    public string? GetLabel(JsonMemberForm form)
    {
        if (Get<JsonTree.Text>(form) is not { } text)
        {
            return null;
        }

        if (DnsLabel.IsValid(text.Value))
        {
            return text.Value;
        }

        var lower = text.Value.ToLowerInvariant().Replace('_', '-');
        problems.Add(
            text.Offset,
            TopologyProblemCode.Name,
            $"{Owner}: {form.Name} {text.Shown} is not a DNS label",
            form.Expected,
            DnsLabel.IsValid(lower) ? $"write \"{lower}\"" : $"write a name such as {form.Example}"
        );
        return null;
    }

    /// <summary>The value if it has the type; else null, with a problem.</summary>
    public T? As<T>(JsonTree value, string what, JsonMemberForm form)
        where T : JsonTree
    {
        if (value is T typed)
        {
            return typed;
        }

        problems.Add(
            value.Offset,
            TopologyProblemCode.WrongType,
            $"{what} is {value.Shown}",
            form.Expected,
            $"write {form.Example}"
        );
        return null;
    }
}
