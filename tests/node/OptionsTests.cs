using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Options;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Tests;

/// <summary>What rasd makes of the map, of its file and of its command line.</summary>
public sealed class OptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("options").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tuning_WithoutAWord_IsTheCoresOwn() => TunedProtocol.Of(Tuning.Default).ShouldBe(new ProtocolOptions());

    [Fact]
    public void Tuning_OfEachOption_ReachesTheCore()
    {
        foreach (var option in ClusterOption.All)
        {
            var tuned = TunedProtocol.Of(new Tuning([KeyValuePair.Create(option, option.Default + 1)]));
            tuned.ShouldNotBe(new ProtocolOptions(), option.Name);
        }
    }

    [Fact]
    public void EventWords_AreThoseOfTheFile() =>
        EventWords.All.Select(known => known.Word).ShouldBe(NodeOption.EventWords);

    [Theory]
    [InlineData("", "urma,grpc", "the map says no jetty")]
    [InlineData("\"jetty\": 20, ", "urma", "expected grpc, or urma,grpc")]
    [InlineData("\"jetty\": 20, ", "grpc,uvb", "expected grpc, or urma,grpc")]
    [InlineData("\"jetty\": 20, ", "urma,urma,grpc", "expected grpc, or urma,grpc")]
    [InlineData("\"jetty\": 20, ", "tcp,grpc", "expected grpc, or urma,grpc")]
    [InlineData("\"jetty\": 20, ", "uvb,grpc", "the map says no CNA of n2")]
    public void Wires_ThatCannotBe_AreOneProblem(string said, string wires, string problem)
    {
        var map = Written("map.json", Map(said));

        var (_, problems) = NodeOptionsReader.Read(
            Raw(null) with
            {
                Topology = map,
                Data = folder,
                Node = "n2",
                Wires = wires,
            }
        );

        problems.ShouldHaveSingleItem().ShouldContain(problem);
    }

    [Theory]
    [InlineData(null, new[] { TransportKind.Grpc })]
    [InlineData("grpc", new[] { TransportKind.Grpc })]
    [InlineData("urma,grpc", new[] { TransportKind.Urma, TransportKind.Grpc })]
    [InlineData("uvb,grpc", new[] { TransportKind.Uvb, TransportKind.Grpc })]
    [InlineData("urma,uvb,grpc", new[] { TransportKind.Urma, TransportKind.Uvb, TransportKind.Grpc })]
    public void Wires_AreThoseThatAreSaid(string? wires, TransportKind[] expected)
    {
        var withCna = Map("\"jetty\": 20, ").Replace("\"n2\", ", "\"n2\", \"cna\": 7, ", StringComparison.Ordinal);
        var map = Written("map.json", withCna);

        var (options, problems) = NodeOptionsReader.Read(
            Raw(null) with
            {
                Topology = map,
                Data = folder,
                Node = "n2",
                Wires = wires,
            }
        );

        problems.ShouldBeEmpty();
        options.ShouldNotBeNull().Wires.ShouldBe(expected);
    }

    [Fact]
    public void File_SaysWhatTheCommandLineDoesNot()
    {
        var map = Written("map.json", Map("\"timing\": { \"beat_ms\": 80 }, "));
        var file = Written(
            "rasd.json",
            $$"""
            { "version": 1, "topology": {{Quoted(map)}}, "node": "n2", "data": {{Quoted(
                folder
            )}}, "events": ["panic"], "verbose": true,
              "listen": [ { "die": 0, "address": "127.0.0.9:7401" } ], "devices": ["/nowhere/a"],
              "handlers": [ { "name": "f", "events": ["panic"], "deadline_ms": 7, "silence": true, "command": ["/bin/sh", "a b"] } ] }
            """
        );

        var (options, problems) = NodeOptionsReader.Read(Raw(file) with { Events = "link" });

        problems.ShouldBeEmpty();
        options.ShouldNotBeNull();
        options.Node.Name.ShouldBe("n2");
        options.EventsOn.ShouldBe([EventKind.LinkChange]);
        options.IsVerbose.ShouldBeTrue();
        options.Devices.ShouldBe(["/nowhere/a"]);
        options.Listen[0].ToString().ShouldBe("127.0.0.9:7401");
        options.Protocol.BeatEvery.ShouldBe(TimeSpan.FromMilliseconds(80));
        var handler = options.Handlers.ShouldHaveSingleItem();
        handler.Command.ShouldBe(["/bin/sh", "a b"]);
        handler.Declaration.NeedsSilence.ShouldBeTrue();
        handler.Declaration.Required.ShouldBeFalse();
    }

    [Fact]
    public void File_WithRelativePaths_MeansItsOwnFolder()
    {
        Written("map.json", Map(""));
        var file = Written(
            "rasd.json",
            """{ "version": 1, "topology": "map.json", "node": "n2", "data": "d", "devices": ["fifo"] }"""
        );

        var (options, problems) = NodeOptionsReader.Read(Raw(file));

        problems.ShouldBeEmpty();
        options!.Devices.ShouldBe([Path.Combine(folder, "fifo")]);
        options.DataFolder.ShouldBe(Path.Combine(folder, "d"));
    }

    [Fact]
    public void Paths_ThatAreNone_AreToldAndNeverThrow()
    {
        var file = Written("rasd.json", """{ "version": 1, "topology": "a\u0000b", "data": "x\u0000" }""");

        NodeOptionsReader
            .Read(Raw(null) with { Topology = "", FilePath = "" })
            .Problems.ShouldContain(
                "the map \"\" cannot be read: its name is empty; expected the cluster's topology file"
            );
        NodeOptionsReader
            .Read(Raw(null) with { Topology = folder, BootIdFile = "/dev/zero", Data = folder })
            .Problems.Count(problem => problem.Contains("cannot be read: it ", StringComparison.Ordinal))
            .ShouldBe(2);
        foreach (var data in new[] { "", file })
        {
            NodeOptionsReader
                .Read(Raw(null) with { Data = data })
                .Problems.ShouldContain(problem => problem.StartsWith($"--data \"{data}\" is "));
        }

        NodeOptionsReader
            .Read(Raw(file))
            .Problems.Count(problem => problem.Contains(" has a NUL in it", StringComparison.Ordinal))
            .ShouldBe(2);
    }

    [Fact]
    public void File_WithMistakes_IsToldBesideThoseOfTheCommandLine()
    {
        var map = Written("map.json", Map(""));
        var file = Written(
            "rasd.json",
            $$"""
            { "version": 1, "topology": {{Quoted(map)}}, "node": "n7", "colour": 1,
              "handlers": [ { "name": "f", "events": ["panic"], "deadline_ms": 7, "command": ["/no/such/program"] } ] }
            """
        );

        var (options, problems) = NodeOptionsReader.Read(Raw(file) with { Record = map });

        options.ShouldBeNull();
        problems.Count(problem => problem.StartsWith($"{file}:1:", StringComparison.Ordinal)).ShouldBe(2);
        problems.ShouldContain(problem => problem.Contains("node \"n7\" is not in"));
        problems.ShouldContain(
            $"{file}:2: handler f: no program /no/such/program; expected the path of an executable file"
        );
        problems.ShouldContain(problem => problem.StartsWith("--data is missing", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.StartsWith($"--record {map}", StringComparison.Ordinal));
    }

    [Fact]
    public void Map_ThatIsWrong_IsRefusedWithHowBadEachProblemIsAndItsRule()
    {
        var map = Written("map.json", Map("\"jetty\": 2, "));

        var (_, problems) = NodeOptionsReader.Read(Raw(null) with { Topology = map, Data = folder });

        var problem = problems.ShouldHaveSingleItem();
        problem.ShouldStartWith($"{map}:1:");
        problem.ShouldContain(": error: ");
        problem.ShouldEndWith("[jetty-range]");
    }

    private RawOptions Raw(string? file) =>
        new(null, null, null, [], [], null, [], Written("boot", $"{Guid.NewGuid()}\n"), false, null)
        {
            FilePath = file,
        };

    private static string Map(string more) =>
        $$"""
            { "version": 1, "cluster": "c", {{more}}"nodes": [
              { "id": 0, "name": "n1", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001", "grpc": "127.0.0.1:7400" } ] },
              { "id": 1, "name": "n2", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002", "grpc": "127.0.0.2:7400" } ] } ] }
            """;

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private string Written(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
