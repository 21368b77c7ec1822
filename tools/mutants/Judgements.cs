namespace ClusterRas.Mutants;

/// <summary>Survivors that were looked at: the change makes no difference that anybody could see, and why.</summary>
/// <remarks>A line of the file: name of the mutation, tab, reason. Lines that begin with # are left out.</remarks>
internal sealed class Judgements
{
    private readonly Dictionary<string, string> reasons = new(StringComparer.Ordinal);

    public static Judgements Read(string path)
    {
        var judgements = new Judgements();
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            if (line.Length > 0 && line[0] != '#' && line.Split('\t', 2) is [var name, var reason])
            {
                judgements.reasons[name] = reason;
            }
        }

        return judgements;
    }

    /// <summary>Null: nobody has judged it.</summary>
    public string? Find(Mutation mutation) => reasons.GetValueOrDefault(mutation.Name);
}
