namespace ClusterRas.Node.Sources.Tests;

/// <summary>A folder that goes away with its test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rasd-sources-");

    public string Path(string name) => System.IO.Path.Combine(folder.FullName, name);

    public string Fifo(string name)
    {
        LibC.MakeFifo(Path(name)).ShouldBe(Errno.None);
        return Path(name);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
