using System.Collections.Frozen;

namespace ClusterRas.Console;

/// <summary>One file of the page.</summary>
public sealed record PageFile(string Type, ReadOnlyMemory<byte> Bytes);

/// <summary>The page, as it was built in; nothing is read from a disk, so no name can lead anywhere else.</summary>
public sealed class PageFiles
{
    /// <summary>What is said in place of the page where it was not built in.</summary>
    public const string Absence =
        "This rasd was built without the console, since npm was not there: build again with npm, or use rasctl. The state itself is served below /api.";

    private const string Prefix = "page/";

    private readonly FrozenDictionary<string, PageFile> files;

    /// <summary>Reads all of it once.</summary>
    public PageFiles()
    {
        var assembly = typeof(PageFiles).Assembly;
        var found = new Dictionary<string, PageFile>();
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        )
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            found.Add(name[Prefix.Length..], new PageFile(TypeOf(name), bytes));
        }

        files = found.ToFrozenDictionary();
    }

    /// <summary>It was built in.</summary>
    public bool IsThere => files.ContainsKey("index.html");

    /// <summary>A file by its name; null: there is none.</summary>
    public PageFile? Find(string name) => files.GetValueOrDefault(name);

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
}
