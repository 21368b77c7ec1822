using System.Xml.Linq;

namespace ClusterRas.House.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class House
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder, as paths from the root with slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory
                .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Any(part => part is "artifacts" or "node_modules" or "obj" or ".git"))
                .Order(StringComparer.Ordinal)
            : [];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Name of a room: "Transport.Grpc" for ClusterRas.Transport.Grpc.csproj.</summary>
    public static string RoomOf(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
        return name.StartsWith("ClusterRas.", StringComparison.Ordinal) ? name["ClusterRas.".Length..] : name;
    }

    /// <summary>Values of an item of a project file, whatever its condition.</summary>
    public static IEnumerable<string> Items(string project, string item) =>
        XDocument
            .Parse(Read(project))
            .Descendants(item)
            .Select(element => element.Attribute("Include")?.Value)
            .OfType<string>();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ClusterRas.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no ClusterRas.sln above {AppContext.BaseDirectory}");
    }
}
