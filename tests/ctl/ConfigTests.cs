namespace ClusterRas.Ctl.Tests;

/// <summary>Files of nodes beside maps: what is wrong between them is told, and never passed over.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("config").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Check_OfAFileWhoseMapIsWrong_IsNotClean()
    {
        Write("map.json", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "maps", "copied.json")));
        var run = await Run.OfAsync("config", "check", Write("rasd.json", Naming("map.json")));

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain(
            "rasd.json:1:29: error: topology \"map.json\": 1 error, the first: node \"n03\" die1: eid "
        );
        run.Out.ShouldContain($"see all of it: rasctl topology check {Path.Combine(folder, "map.json")}");
    }

    [Fact]
    public async Task Check_OfAFileWhoseMapIsAFolder_IsUnusable()
    {
        Directory.CreateDirectory(Path.Combine(folder, "map"));
        var run = await Run.OfAsync("config", "check", Write("rasd.json", Naming("map")));

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldContain("the file cannot be read: it is a folder");
    }

    [Fact]
    public async Task Check_OfAFileWhoseMapIsNotHere_SaysSo()
    {
        var run = await Run.OfAsync("config", "check", Write("rasd.json", Naming("/nowhere/map.json")));

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("held against no map: /nowhere/map.json is not here");
    }

    [Fact]
    public async Task Check_OfAPathWithNul_IsAnError()
    {
        var run = await Run.OfAsync("config", "check", Write("rasd.json", Naming("a\\u0000b")));

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain("rasd.json:1:29: error: file: topology \"a\\u0000b\" has a NUL in it");
    }

    [Fact]
    public async Task Check_OfAPipe_ReadsItOnce()
    {
        var pipe = Path.Combine(folder, "pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var map = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "maps", "lab.json"),
            TestContext.Current.CancellationToken
        );
        var written = Task.Run(() => File.WriteAllText(pipe, map), TestContext.Current.CancellationToken);
        var run = await Run.OfAsync("config", "check", pipe)
            .WaitAsync(Run.Within, TestContext.Current.CancellationToken);
        await written;

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain(": clean (the map lab");
    }

    private static string Naming(string map) =>
        $$"""{ "version": 1, "topology": "{{map}}", "node": "n01", "data": "/var/lib/clusterras" }""";

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
