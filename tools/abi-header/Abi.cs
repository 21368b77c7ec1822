using System.Text.Json;

namespace ClusterRas.AbiHeader;

/// <summary>The data of one native boundary: types in the order in which they may be declared.</summary>
internal sealed class Abi
{
    // What the data calls by a second name.
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["urma_jfc_id_t"] = "urma_jetty_id",
        ["urma_jfr_id_t"] = "urma_jetty_id",
        ["urma_jfs_id_t"] = "urma_jetty_id",
        ["urma_user_tseg_t"] = "urma_user_target_seg",
    };

    private Abi(
        IReadOnlyList<AbiType> types,
        IReadOnlyList<(string Name, IReadOnlyList<(string Name, long Value)> Members)> enums,
        IReadOnlyList<(string Name, long Value)> constants,
        IReadOnlyList<Function> functions
    )
    {
        Types = types;
        Enums = enums;
        Constants = constants;
        Functions = functions;
    }

    public IReadOnlyList<AbiType> Types { get; }

    public IReadOnlyList<(string Name, IReadOnlyList<(string Name, long Value)> Members)> Enums { get; }

    public IReadOnlyList<(string Name, long Value)> Constants { get; }

    /// <summary>The minimal set.</summary>
    public IReadOnlyList<Function> Functions { get; }

    public static IReadOnlyDictionary<string, string> TypeAliases => Aliases;

    public static Abi Read(JsonElement root)
    {
        var functions = root.GetProperty("functions")
            .EnumerateArray()
            .Where(one => one.GetProperty("minimal").GetBoolean())
            .Select(Function.Read)
            .ToList();
        var all = root.GetProperty("structs")
            .EnumerateObject()
            .Select(one => AbiType.Read(one.Name, one.Value))
            .ToList();
        return new Abi(
            Reachable(all, functions),
            [
                .. root.GetProperty("enums")
                    .EnumerateObject()
                    .Select(one => (one.Name, (IReadOnlyList<(string, long)>)[.. Numbers(one.Value)])),
            ],
            [.. Numbers(root.GetProperty("constants"))],
            functions
        );
    }

    /// <summary>The bare name of a type, whether written as typedef, with its keyword, as a pointer or as an array.</summary>
    public static string BareName(string type)
    {
        var name = type.Split('[')[0].TrimEnd('*').Replace("const ", "", StringComparison.Ordinal);
        name = name.Replace("struct ", "", StringComparison.Ordinal).Replace("union ", "", StringComparison.Ordinal);
        return Aliases.GetValueOrDefault(name) ?? (name.EndsWith("_t", StringComparison.Ordinal) ? name[..^2] : name);
    }

    // Only what the minimal set needs: a type that nobody passes cannot be wrong.
    private static List<AbiType> Reachable(List<AbiType> all, List<Function> functions)
    {
        var byName = all.ToDictionary(type => type.Name);
        var wanted = new HashSet<string>();
        var waiting = new Queue<string>(functions.SelectMany(one => one.Types).Select(BareName));
        while (waiting.TryDequeue(out var name))
        {
            if (byName.TryGetValue(name, out var type) && wanted.Add(name))
            {
                foreach (var field in type.Layout.Fields)
                {
                    waiting.Enqueue(BareName(field.Type));
                }
            }
        }

        var ordered = new List<AbiType>();
        foreach (var type in all.Where(type => wanted.Contains(type.Name)))
        {
            Add(type, byName, ordered);
        }

        return ordered;
    }

    // What is inside a type comes before it; what it only points at need not.
    private static void Add(AbiType type, Dictionary<string, AbiType> byName, List<AbiType> ordered)
    {
        if (ordered.Contains(type))
        {
            return;
        }

        foreach (var field in type.Layout.Fields.Where(field => !field.Type.EndsWith('*')))
        {
            if (byName.TryGetValue(BareName(field.Type), out var inner) && inner != type)
            {
                Add(inner, byName, ordered);
            }
        }

        ordered.Add(type);
    }

    private static IEnumerable<(string Name, long Value)> Numbers(JsonElement json) =>
        json.EnumerateObject().Select(one => (one.Name, one.Value.GetInt64()));
}

/// <summary>One function of the boundary.</summary>
internal sealed record Function(string Name, string Returns, IReadOnlyList<(string Name, string Type)> Parameters)
{
    public IEnumerable<string> Types => [Returns, .. Parameters.Select(one => one.Type)];

    public static Function Read(JsonElement json) =>
        new(
            json.GetProperty("name").GetString()!,
            json.GetProperty("returns").GetString()!,
            [
                .. json.GetProperty("params")
                    .EnumerateArray()
                    .Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("type").GetString()!)),
            ]
        );
}
