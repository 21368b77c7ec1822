using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace ClusterRas.Mutants;

/// <summary>The sources of one room, compiled in memory as the build compiles them.</summary>
internal sealed class Room
{
    private readonly CSharpCompilation sound;
    private readonly Dictionary<string, SyntaxTree> trees = [];

    private Room(CSharpCompilation sound) => this.sound = sound;

    /// <summary>Every change that can be made in it, in order of file and place.</summary>
    public IReadOnlyList<Mutation> Mutations { get; private init; } = [];

    /// <param name="root">The repository, built.</param>
    /// <param name="name">As in <c>src/NAME</c>.</param>
    public static Room Read(string root, string name)
    {
        var folder = Path.Combine(root, "src", name);
        var options = new CSharpParseOptions(LanguageVersion.CSharp14);
        var trees = new SortedDictionary<string, SyntaxTree>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            trees.Add(Path.GetRelativePath(folder, path), Parse(path, options));
        }

        // What the build itself wrote: the usings, and who may see internals.
        var written = Directory
            .EnumerateFiles(Path.Combine(root, "artifacts/obj", $"ClusterRas.{name}", "release"), "*.cs")
            .Select(path => Parse(path, options));
        var compilation = CSharpCompilation.Create(
            $"ClusterRas.{name}",
            [.. trees.Values, .. written],
            References(root, name),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable,
                deterministic: true
            )
        );
        var room = new Room(compilation)
        {
            Mutations = [.. trees.SelectMany(file => MutationFinder.Find(file.Value, file.Key))],
        };
        foreach (var (file, tree) in trees)
        {
            room.trees.Add(file, tree);
        }

        return room;
    }

    /// <summary>Writes the room's assembly with this change in it; null: with none.</summary>
    /// <returns>False: that does not compile, so nobody could have made this slip.</returns>
    public bool TryEmit(Mutation? mutation, string path)
    {
        var compilation = sound;
        if (mutation is not null)
        {
            var tree = trees[mutation.File];
            var text = tree.GetText().WithChanges(new TextChange(mutation.Place, mutation.Becomes));
            compilation = sound.ReplaceSyntaxTree(tree, tree.WithChangedText(text));
        }

        using var assembly = File.Create(path);
        return compilation.Emit(assembly).Success;
    }

    private static SyntaxTree Parse(string path, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(path)), options, path);

    private static IEnumerable<PortableExecutableReference> References(string root, string name)
    {
        var platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var own = Directory.EnumerateFiles(
            Path.Combine(root, "artifacts/bin", $"ClusterRas.{name}", "release"),
            "*.dll"
        );
        return platform
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Concat(own.Where(path => Path.GetFileNameWithoutExtension(path) != $"ClusterRas.{name}"))
            .Select(path => MetadataReference.CreateFromFile(path));
    }
}
