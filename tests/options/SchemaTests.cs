using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;

namespace ClusterRas.Options.Tests;

/// <summary>The published schemas are made from the code, and say what the readers say.</summary>
public class SchemaTests
{
    private static readonly JsonElement MapSchema = JsonDocument.Parse(Schemas.Topology()).RootElement;
    private static readonly JsonElement NodeSchema = JsonDocument.Parse(Schemas.OfNode()).RootElement;

    // What the form of one value shows; the rest needs the whole map.
    private static readonly TopologyProblemCode[] OfForm =
    [
        TopologyProblemCode.WrongType,
        TopologyProblemCode.UnknownMember,
        TopologyProblemCode.MissingMember,
        TopologyProblemCode.Version,
        TopologyProblemCode.Name,
        TopologyProblemCode.SiteName,
        TopologyProblemCode.NodeId,
        TopologyProblemCode.EidForm,
        TopologyProblemCode.EidUnset,
        TopologyProblemCode.CnaRange,
        TopologyProblemCode.CnaBroadcast,
        TopologyProblemCode.JettyRange,
        TopologyProblemCode.Timeout,
        TopologyProblemCode.TuningRange,
        TopologyProblemCode.TuningProfile,
    ];

    [Theory]
    [InlineData("topology.schema.json")]
    [InlineData("rasd.schema.json")]
    [InlineData("notifications.schema.json")]
    public void Schema_ThatIsPublished_IsThatOfTheCode(string name)
    {
        var fresh =
            name.StartsWith("rasd", StringComparison.Ordinal) ? Schemas.OfNode()
            : name.StartsWith("topology", StringComparison.Ordinal) ? Schemas.Topology()
            : Schemas.OfNotifications();
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_REWRITE_GOLDENS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "../../../../schemas", name), fresh);
            return;
        }

        Read("schemas", name).ShouldBe(fresh, "CLUSTERRAS_REWRITE_GOLDENS=1 writes it anew");
    }

    [Fact]
    public void Examples_AreTakenByTheirReadersAndTheirSchemas()
    {
        var map = Read("examples", "topology.json");
        var node = Read("examples", "rasd.json");

        SchemaValidator.FirstFault(MapSchema, Parsed(map)).ShouldBeNull();
        SchemaValidator.FirstFault(NodeSchema, Parsed(node)).ShouldBeNull();
        var taken = TopologyFile.Read(map, "topology.json").ShouldBeOfType<TopologyReading.Accepted>();
        taken.Warnings.ShouldBeEmpty();
        var (file, problems) = NodeFileReader.Read(Encoding.UTF8.GetBytes(node), "rasd.json");
        problems.ShouldBeEmpty();
        NodeFileRule.Check(file, taken.Topology, "topology.json").ShouldBeEmpty();

        var channels = Read("examples", "notifications.json");
        SchemaValidator.FirstFault(Parsed(Schemas.OfNotifications()), Parsed(channels)).ShouldBeNull();
        NotificationFileReader.Read(Encoding.UTF8.GetBytes(channels), "notifications.json").Problems.ShouldBeEmpty();

        // Editors find the schema beside the examples.
        foreach (var (name, text) in new[] { ("topology", map), ("rasd", node), ("notifications", channels) })
        {
            Parsed(text).GetProperty("$schema").GetString().ShouldBe($"../schemas/{name}.schema.json");
        }
    }

    [Fact]
    public void Maps_ThatAreRight_AreRightToTheSchema_AndMistakesOfFormAreNot()
    {
        var seed = Dice.FreshSeed();
        var planted = new Dictionary<TopologyProblemCode, int>();
        for (var round = 0; round < 100; round++)
        {
            var dice = new Dice(seed + (ulong)round);
            var text = TopologyFile.Write(RandomTopology.Make(dice));
            SchemaValidator.FirstFault(MapSchema, Parsed(text)).ShouldBeNull($"CLUSTERRAS_SEED={seed} round {round}");
            foreach (var mutator in Mutator.All.Where(mutator => OfForm.Contains(mutator.Code)))
            {
                var map = JsonNode.Parse(text)!.AsObject();
                if (mutator.Plant(map, dice))
                {
                    planted[mutator.Code] = planted.GetValueOrDefault(mutator.Code) + 1;
                    SchemaValidator
                        .FirstFault(MapSchema, Parsed(map.ToJsonString()))
                        .ShouldNotBeNull($"CLUSTERRAS_SEED={seed} round {round} {mutator.Code}: {map.ToJsonString()}");
                }
            }
        }

        planted.Keys.Order().ShouldBe(OfForm.Order());
    }

    [Fact]
    public void Ranges_OfTheSchema_AreThoseOfTheReader()
    {
        var numbers = NumbersOf(MapSchema, []).ToList();
        numbers.Count.ShouldBe(ClusterOption.All.Length + 8);
        foreach (var (path, min, max) in numbers)
        {
            var what = string.Join('.', path);
            Codes(path, min).ShouldNotContain(code => OfForm.Contains(code), $"{what} {min}");
            Codes(path, max).ShouldNotContain(code => OfForm.Contains(code), $"{what} {max}");
            Codes(path, min - 1)
                .ShouldContain(code => OfForm.Contains(code) || code == TopologyProblemCode.GapPair, what);
            Codes(path, max + 1)
                .ShouldContain(code => OfForm.Contains(code) || code == TopologyProblemCode.GapPair, what);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nodes")]
    [InlineData("nodes/dies")]
    [InlineData("timing")]
    [InlineData("limits")]
    [InlineData("timeouts")]
    [InlineData("gaps")]
    public void Members_OfTheSchema_AreThoseOfTheReader(string path)
    {
        var map = Sample();
        JsonNode owner = map;
        var schema = MapSchema;
        foreach (var step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            owner = owner[step]!;
            schema = schema.GetProperty("properties").GetProperty(step);
            if (owner is JsonArray list)
            {
                owner = list[0]!;
                schema = schema.GetProperty("items");
            }
        }

        owner["nobody_has_this"] = 1;
        var told = TopologyFile
            .Check(Encoding.UTF8.GetBytes(map.ToJsonString()), "t", 32)
            .Single(problem => problem.Code == TopologyProblemCode.UnknownMember);
        told.Expected["only ".Length..]
            .Split(", ")
            .ShouldBe(
                schema
                    .GetProperty("properties")
                    .EnumerateObject()
                    .Select(one => one.Name)
                    .Where(name => name != "$schema"),
                ignoreOrder: true
            );
    }

    [Fact]
    public void Members_OfANodesFile_AreThoseOfTheReader() =>
        NodeFileReader
            .Forms.Select(form => form.Name)
            .ShouldBe(
                NodeSchema
                    .GetProperty("properties")
                    .EnumerateObject()
                    .Select(one => one.Name)
                    .Where(name => name != "$schema")
            );

    private static IEnumerable<(string[] Path, long Min, long Max)> NumbersOf(JsonElement schema, string[] path)
    {
        if (schema.TryGetProperty("minimum", out var min))
        {
            yield return (path, min.GetInt64(), schema.GetProperty("maximum").GetInt64());
        }

        var inner =
            schema.TryGetProperty("properties", out var properties)
                ? properties.EnumerateObject().Select(one => (Form: one.Value, Path: path.Append(one.Name).ToArray()))
            : schema.TryGetProperty("items", out var items) ? [(Form: items, Path: path)]
            : [];
        foreach (var found in inner.SelectMany(one => NumbersOf(one.Form, one.Path)))
        {
            yield return found;
        }
    }

    private static List<TopologyProblemCode> Codes(string[] path, long value)
    {
        var map = Sample();
        JsonNode owner = map;
        foreach (var step in path[..^1])
        {
            owner = owner[step] ?? (owner[step] = new JsonObject());
            owner = owner is JsonArray list ? list[0]! : owner;
        }

        owner[path[^1]] = value;
        return
        [
            .. TopologyFile.Check(Encoding.UTF8.GetBytes(map.ToJsonString()), "t", 32).Select(problem => problem.Code),
        ];
    }

    private static JsonObject Sample()
    {
        var options = new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };
        var map = JsonNode.Parse(Read("examples", "topology.json"), null, options)!.AsObject();
        map["timing"] = new JsonObject();
        map["limits"] = new JsonObject();
        map["gaps"] = new JsonArray(new JsonObject { ["die"] = 0, ["between"] = new JsonArray("n01", "n02") });
        return map;
    }

    private static JsonElement Parsed(string text)
    {
        var options = new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };
        return JsonDocument.Parse(text, options).RootElement;
    }

    private static string Read(string folder, string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, folder, name));
}
