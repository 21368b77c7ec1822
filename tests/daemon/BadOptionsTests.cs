namespace ClusterRas.Daemon.Tests;

/// <summary>A command line or map that is wrong: every mistake at once, exit status 2, and nothing is written.</summary>
public sealed class BadOptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rasd-").FullName;

    private string Data => Path.Combine(folder, "data");

    private string BootId => Written("boot_id", $"{Guid.NewGuid()}\n");

    [Fact]
    public async Task EverythingWrong_IsSaidAtOnce()
    {
        var map = Map(Node(0, "n1", "127.9.9.1:7400"), Node(1, "n2", "127.9.9.2:7400"));
        var said = await RefusedAsync(
            "--topology",
            map,
            "--node",
            "n9",
            "--events",
            "panic,earthquake",
            "--handler",
            "Bad Name:panic:0:sometimes=/no/such/program",
            "--handler",
            "half",
            "--boot-id-file",
            Path.Combine(folder, "no-boot-id")
        );
        said.ShouldContain(line => line.Contains("n9", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("earthquake", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("sometimes", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("deadline \"0\"", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("/no/such/program", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("--handler half", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("no-boot-id", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("--data is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_IsSaidToBeMissing()
    {
        var said = await RefusedAsync();
        said.ShouldContain(line => line.Contains("--topology is missing", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("--data is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnknownOption_IsRefused() =>
        (await RefusedAsync("--no-such-option")).ShouldContain(line =>
            line.Contains("--no-such-option", StringComparison.Ordinal)
        );

    [Fact]
    public async Task Topology_NamingAnUnknownControlNode_IsRefused()
    {
        var map = Written(
            "map.json",
            $$"""{ "version": 1, "cluster": "c", "control": ["n7"], "nodes": [ {{Node(0, "n1", "127.9.9.1:7400")}} ] }"""
        );
        (await RefusedAsync(map)).ShouldContain(line =>
            line.Contains(map, StringComparison.Ordinal) && line.Contains("n7", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Topology_WithOneEidTwice_IsRefused()
    {
        var map = Map(Node(0, "n1", "127.9.9.1:7400", eid: 5), Node(1, "n2", "127.9.9.2:7400", eid: 5));
        (await RefusedAsync(map)).ShouldContain(line =>
            line.Contains("fd00:0000:0000:0000:0000:0000:0000:0005", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Topology_Missing_IsRefused() =>
        (await RefusedAsync(Path.Combine(folder, "no-map.json"))).ShouldContain(line =>
            line.Contains("no-map.json", StringComparison.Ordinal)
        );

    [Fact]
    public async Task AddressOfTheNetwork_WithoutInsecure_IsRefused()
    {
        var map = Map(Node(0, "n1", "192.0.2.1:7400"));
        (await RefusedAsync(map)).ShouldContain(line => line.Contains("--insecure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_OfGoodOptions_SaysNothingAndWritesNothing()
    {
        var map = Map(Node(0, "n1", "127.9.9.1:7400"));
        var (status, said) = await Rasd.RunAsync([.. Good(map), "--check"]);
        said.ShouldBeEmpty();
        status.ShouldBe(0);
        Directory.Exists(Data).ShouldBeFalse();
    }

    [Fact]
    public async Task Check_OfAMapWithWarnings_TellsThemAndTakesIt()
    {
        var map = Written(
            "map.json",
            $$"""{ "version": 1, "cluster": "c", "timeouts": { "panic_ms": 999 }, "nodes": [ {{Node(0, "n1", "127.9.9.1:7400")}} ] }"""
        );
        var (status, said) = await Rasd.RunAsync([.. Good(map), "--check"]);
        said.ShouldHaveSingleItem().ShouldMatch(@"^rasd: .*map\.json:1:\d+: warning: .*\[window-never-sent\]$");
        status.ShouldBe(0);
    }

    [Fact]
    public async Task Topology_ThatBreaksARuleOfTheWholeMap_IsRefused()
    {
        var map = Written(
            "map.json",
            $$"""{ "version": 1, "cluster": "c", "jetty": 2, "nodes": [ {{Node(0, "n1", "127.9.9.1:7400")}} ] }"""
        );
        (await RefusedAsync(map))
            .ShouldHaveSingleItem()
            .ShouldContain("jetty is 2; expected a whole number, 3 to 1023");
    }

    [Fact]
    public async Task Check_OfBadOptions_Refuses()
    {
        var (status, said) = await Rasd.RunAsync([.. Good(Path.Combine(folder, "no-map.json")), "--check"]);
        status.ShouldBe(2);
        said.ShouldHaveSingleItem().ShouldContain("no-map.json");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<IReadOnlyList<string>> RefusedAsync(string map) => RefusedAsync(Good(map));

    private async Task<IReadOnlyList<string>> RefusedAsync(params string[] arguments)
    {
        var (status, said) = await Rasd.RunAsync(arguments);
        status.ShouldBe(2, string.Join('\n', said));
        said.ShouldNotBeEmpty();
        said.ShouldAllBe(line => line.StartsWith("rasd: ", StringComparison.Ordinal));
        Directory.Exists(Data).ShouldBeFalse();
        return said;
    }

    private string[] Good(string map) =>
        ["--topology", map, "--node", "n1", "--data", Data, "--boot-id-file", BootId, "--events", "all"];

    private string Map(params string[] nodes) =>
        Written("map.json", $$"""{ "version": 1, "cluster": "c", "nodes": [ {{string.Join(", ", nodes)}} ] }""");

    private string Written(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Node(int id, string name, string grpc, int? eid = null) =>
        $$"""
            { "id": {{id}}, "name": "{{name}}", "dies": [
              { "eid": "fd00:0000:0000:0000:0000:0000:0000:{{eid ?? id + 1:x4}}", "grpc": "{{grpc}}" } ] }
            """;
}
