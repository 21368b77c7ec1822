using System.Text.Json;
using System.Xml.Linq;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Tests;

public sealed class TopologyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("topology").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("lab.json", 0)]
    [InlineData("n01.sh n02.sh n03.sh", 0)]
    [InlineData("lab.json next.json", 0)]
    [InlineData("copied.json", 1)]
    [InlineData("windows.json", 1)]
    [InlineData("lab.json copied.json", 1)]
    [InlineData("comma.json", 2)]
    [InlineData("inventory.txt", 2)]
    [InlineData("nowhere.json", 2)]
    [InlineData("copied.json nowhere.json", 2)]
    public async Task Check_EndsWithWhatItFound(string files, int exitCode)
    {
        string[] words = ["topology", "check", .. files.Split(' ').Select(Sample)];
        var text = await Run.OfAsync(words);
        var json = await Run.OfAsync([.. words, "--json"]);

        text.ExitCode.ShouldBe(exitCode);
        json.ExitCode.ShouldBe(exitCode);
        using var parsed = JsonDocument.Parse(json.Out);
        parsed
            .RootElement.GetProperty("verdict")
            .GetString()
            .ShouldBe(
                exitCode switch
                {
                    0 => "clean",
                    1 => "problems",
                    _ => "unusable",
                }
            );
        json.Out.Count(letter => letter == '\n').ShouldBe(1);
        foreach (var problem in parsed.RootElement.GetProperty("problems").EnumerateArray())
        {
            foreach (var member in new[] { "file", "severity", "code", "found", "expected", "why", "fix" })
            {
                problem.GetProperty(member).GetString().ShouldNotBeNullOrWhiteSpace();
            }

            text.Out.ShouldContain(
                $"{problem.GetProperty("file")}:{problem.GetProperty("line")}:{problem.GetProperty("column")}: "
            );
            text.Out.ShouldContain(problem.GetProperty("why").GetString()!);
        }
    }

    [Fact]
    public async Task Check_OfThirtyTwoNodes_WantsALimitAndSaysWhoStillRefuses()
    {
        var inventory = string.Join('\n', Enumerable.Range(1, 32).Select(n => $"n{n:00} fd00::{n:x} {n}"));
        var map = Write("inventory.txt", inventory);
        var made = await Run.OfAsync("topology", "plan", map, "--limit", "32");
        made.ExitCode.ShouldBe(0);
        var file = Write("map.json", made.Out);

        var refused = await Run.OfAsync("topology", "check", file);
        var taken = await Run.OfAsync("topology", "check", file, "--limit", "32");

        refused.ExitCode.ShouldBe(1);
        refused.Out.ShouldContain(
            "nodes has 32 nodes; expected 1 to 16; remove nodes, or allow more (32 at most) [node-count]"
        );
        taken.ExitCode.ShouldBe(0);
        taken.Out.ShouldContain("note: nodes has 32 nodes");
        taken.Out.ShouldContain("16-node edition");
        (await Run.OfAsync("topology", "check", file, "--limit", "33")).ShouldBe(
            new Run(2, "", "rasctl: --limit takes 1 to 32, not \"33\".\n  try: rasctl topology check --help\n")
        );
    }

    [Fact]
    public async Task Import_AndExport_AreStable()
    {
        var map = Path.Combine(folder, "map.json");
        string[] import =
        [
            "topology",
            "import",
            Sample("n01.sh"),
            Sample("n02.sh"),
            Sample("n03.sh"),
            "--cluster",
            "lab",
            "-o",
            map,
        ];
        (await Run.OfAsync(import)).ExitCode.ShouldBe(0);
        var lines = await Run.OfAsync("topology", "export", map);
        (await Run.OfAsync("topology", "export", map, "--output-dir", folder)).ExitCode.ShouldBe(0);
        var again = await Run.OfAsync("topology", "import", Write("all.sh", lines.Out));

        again.ShouldBe(new Run(0, File.ReadAllText(map), ""));
        File.ReadAllText(Path.Combine(folder, "n02.sh"))
            .ShouldBe((await Run.OfAsync("topology", "export", map, "--node", "n02")).Out);
        lines
            .Out.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ShouldAllBe(line => line.StartsWith("sentryctl set sentry_"));

        // Nothing is replaced that was not meant to be.
        File.WriteAllText(map, "mine");
        (await Run.OfAsync(import)).ExitCode.ShouldBe(2);
        (await Run.OfAsync("topology", "export", Sample("lab.json"), "--output-dir", folder)).ExitCode.ShouldBe(2);
        File.ReadAllText(map).ShouldBe("mine");
        (await Run.OfAsync([.. import, "--force"])).ExitCode.ShouldBe(0);
        File.ReadAllText(map).ShouldBe(again.Out);
        Directory.GetFiles(folder, "*.new").ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_OfWrongLines_WritesNothing()
    {
        var map = Path.Combine(folder, "map.json");
        var run = await Run.OfAsync("topology", "import", Sample("one-way.sh"), "-o", map);

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldBe("");
        run.Error.ShouldContain("[one-way]");
        run.Error.ShouldEndWith("rasctl: no map was written.\n");
        File.Exists(map).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "the file cannot be read: its name is empty")]
    [InlineData("/", "the file cannot be read: it is a folder")]
    [InlineData("/dev/zero", "the file cannot be read: it has more than 1048576 bytes")]
    [InlineData("-", "name standard input /dev/stdin")]
    [InlineData("empty.json", "the file is empty; expected JSON")]
    [InlineData("two\nlines.json", "two\\u000alines.json:1:1: ")]
    public async Task Check_OfWhatIsNoFile_SaysWhatItIs(string file, string says)
    {
        Write("empty.json", "");
        var run = await Run.OfAsync("topology", "check", file == "empty.json" ? Path.Combine(folder, file) : file);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe("");
        run.Out.Split('\n')[0].ShouldContain(says);
    }

    [Fact]
    public async Task Output_InAFolderThatIsNone_IsRefused()
    {
        var path = Path.Combine(folder, "nowhere", "map.json");
        var run = await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe($"rasctl: {path} cannot be written: there is no folder {Path.GetDirectoryName(path)}\n");
        (await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", folder)).ExitCode.ShouldBe(2);
        (await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", "")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Output_ThroughALink_ReplacesTheFileAndKeepsItsRights()
    {
        var file = Write("file.json", "old");
        var link = Path.Combine(folder, "link.json");
        File.CreateSymbolicLink(link, file);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", link)).ExitCode.ShouldBe(2);
        (await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", link, "--force")).ExitCode.ShouldBe(0);

        File.ResolveLinkTarget(link, returnFinalTarget: false)!.FullName.ShouldBe(file);
        File.ReadAllText(file).ShouldStartWith("{");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Output_ToADevice_LeavesTheDevice()
    {
        var link = Path.Combine(folder, "link");
        File.CreateSymbolicLink(link, "/dev/null");

        // Without --force: nothing of it is replaced, whatever becomes of this test.
        foreach (var path in new[] { "/dev/null", link })
        {
            var run = await Run.OfAsync("topology", "plan", Sample("inventory.txt"), "-o", path);

            run.ExitCode.ShouldBe(0);
            run.Out.ShouldBe("");
            File.ReadAllText("/dev/null").ShouldBe("");
        }
    }

    [Fact]
    public async Task Output_OnAFullDisk_IsToldAndIsNoSuccess()
    {
        var error = new StringWriter();
        using var full = new StreamWriter(
            new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0)
        );

        var exitCode = await Rasctl.RunAsync(
            ["topology", "plan", Sample("inventory.txt")],
            Run.Around(full, error),
            CancellationToken.None
        );

        exitCode.ShouldBe(2);
        error.ToString().ShouldStartWith("rasctl: the output cannot be written whole: No space left on device");
    }

    [Theory]
    [InlineData("topology import", "give either FILE..., or --root DIR, or the values of one node")]
    [InlineData("topology import x.sh --root .", "give either FILE..., or --root DIR, or the values of one node")]
    [InlineData("topology import nowhere.sh", "the file cannot be read")]
    [InlineData("topology import --root /nowhere", "the folder cannot be read")]
    [InlineData("topology import --server-cna 1,2", "separate CNAs by semicolons (;)")]
    [InlineData("topology plan nowhere.txt", "the file cannot be read")]
    [InlineData("topology show nowhere.json", "the map is wrong:")]
    [InlineData("topology diff nowhere.json nowhere.json", "the map is wrong:")]
    public async Task CommandLine_ThatLeadsNowhere_SaysWhat(string line, string says)
    {
        var run = await Run.OfAsync(line.Split(' '));

        run.ExitCode.ShouldBeOneOf(1, 2);
        run.Out.ShouldBe("");
        run.Error.ShouldContain(says);
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Plan_OfAnInventoryWithMistakes_TellsAllOfThem()
    {
        var file = Write(
            "inventory.txt",
            """
            cluster=Lab jety=5
            n01 fd00::1 16777215
            N02 fd00::zz 7 rack=r1
            n03 fd00::1 7 color=red
            """
        );
        var run = await Run.OfAsync("topology", "plan", file);

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldBe("");
        foreach (
            var told in new[]
            {
                ":1:9: ",
                "did you mean jetty=?",
                ":2:13: ",
                "[cna-broadcast]",
                ":3:1: ",
                ":3:5: ",
                "[eid-form]",
                ":4:5: ",
                "[eid-taken]",
                ":4:15: ",
                "[cna-taken]",
            }
        )
        {
            run.Error.ShouldContain(told);
        }
    }

    [Fact]
    public async Task Plan_PlacesBeforeTheEids_AreTaken()
    {
        var run = await Run.OfAsync(
            "topology",
            "plan",
            Write("inventory.txt", "n01 switch=a1,b1 rack=r1 fd00::1 fd00:1::1\nn02 fd00::2 fd00:1::2 switch=a1,b1")
        );

        run.ExitCode.ShouldBe(0);
        run.Out.Split("\"a1\"").Length.ShouldBe(3);
        run.Out.Split("\"b1\"").Length.ShouldBe(3);
    }

    [Fact]
    public async Task Plan_PlacesThatNoDieHas_OrSaidTwice_AreRefused()
    {
        var run = await Run.OfAsync(
            "topology",
            "plan",
            Write("inventory.txt", "n01 fd00::1 switch=a1,b1\nn02 fd00::2 rack=r1 rack=r2")
        );

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain(":1:23: error: node \"n01\": switch= has 2 parts for 1 DIEs");
        run.Error.ShouldContain(":2:21: error: node \"n02\": a second rack=");
    }

    [Theory]
    [InlineData("n01 fd00::1 1 2", ":1:15: error: node \"n01\": a second cna=")]
    [InlineData("n01 fd00::1 1 cna=2", ":1:15: error: node \"n01\": a second cna=")]
    [InlineData("cluster=a jetty=5\njetty=6\nn01 fd00::1 1", ":2:1: error: the cluster: a second jetty=")]
    [InlineData("n01 fd00::1 1 rack=r#1", ":1:20: error: node \"n01\": rack \"r#1\"")]
    public async Task Plan_WhereOneOfTwoWordsWouldBeLost_IsRefused(string inventory, string says)
    {
        var run = await Run.OfAsync("topology", "plan", Write("inventory.txt", inventory));

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain(says);
    }

    [Fact]
    public async Task Plan_OfAnEidThatIsAllZero_IsToldAsInEveryOtherSource()
    {
        var path = Write("nodes.txt", "n01 ::\nn02 0000:0000:0000:0000:0000:0000:0000:0000\n");

        var run = await Run.OfAsync("topology", "plan", path);

        run.ExitCode.ShouldBe(1);
        run.Error.Split('\n').Count(line => line.EndsWith(" [eid-unset]", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Import_OfABadJetty_PointsAtTheOptionThatWasTyped()
    {
        var run = await Run.OfAsync(
            "topology",
            "import",
            "--server-eid",
            "fd00:0000:0000:0000:0000:0000:0000:0001",
            "--jetty",
            "2"
        );

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("rasctl: --jetty:1:1: error: ");
    }

    [Fact]
    public async Task Export_OfANodeWithoutCna_HasNoLineForUvb()
    {
        var path = Write(
            "map.json",
            """
            { "version": 1, "cluster": "lab", "nodes": [
              { "id": 0, "name": "n01", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001" } ] },
              { "id": 1, "name": "n02", "cna": 2, "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002" } ] },
              { "id": 2, "name": "n03", "cna": 3, "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0003" } ] } ] }
            """
        );

        var without = await Run.OfAsync("topology", "export", path, "--node", "n01");
        var with = await Run.OfAsync("topology", "export", path, "--node", "n02");

        without.Out.ShouldNotContain("sentry_uvb_comm");
        with.Out.ShouldContain("sentryctl set sentry_uvb_comm --server_cna='3'\n");
    }

    [Fact]
    public async Task Plan_ChoosesVotersApart()
    {
        var nodes = Enumerable.Range(0, 16).Select(n => $"n{n:00} fd00::{n + 1:x} rack=r{n / 4} switch=s{n / 2}");
        var run = await Run.OfAsync("topology", "plan", Write("inventory.txt", string.Join('\n', nodes)));

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe("");
        run.Out.ShouldContain("\"control\": [\"n00\", \"n02\", \"n04\", \"n08\", \"n12\"]");
    }

    [Theory]
    [InlineData("lab.json")]
    [InlineData("next.json")]
    public async Task Picture_IsWellFormedAndHasEverybody(string name)
    {
        var run = await Run.OfAsync("topology", "show", Sample(name), "--svg", "-");

        run.ExitCode.ShouldBe(0);
        var picture = XDocument.Parse(run.Out).Root!;
        picture.Name.LocalName.ShouldBe("svg");
        var map = TopologyFile
            .Read(File.ReadAllText(Sample(name)), name)
            .ShouldBeOfType<TopologyReading.Accepted>()
            .Topology;
        var texts = picture.Descendants().Where(one => one.Name.LocalName == "text").Select(one => one.Value).ToList();
        foreach (var node in map.Nodes)
        {
            texts.ShouldContain(node.Name);
            run.Out.ShouldContain($"{node.Dies[0].Eid}");
        }

        // A wire for each DIE, and nothing outside of the sheet.
        picture.Descendants().Count(one => one.Name.LocalName == "path").ShouldBe(map.Nodes.Length * map.DieCount);
        var width = (int)picture.Attribute("width")!;
        picture
            .Descendants()
            .Where(one => one.Name.LocalName == "rect" && one.Attribute("x") is not null)
            .ShouldAllBe(one =>
                (int)one.Attribute("x")! >= 0 && (int)one.Attribute("x")! + (int)one.Attribute("width")! <= width
            );
    }

    [Fact]
    public async Task Diff_OfAMapWithItself_IsNothing()
    {
        var run = await Run.OfAsync("topology", "diff", Sample("lab.json"), Sample("lab.json"));

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("the maps say the same");
    }

    [Fact]
    public async Task Diff_AsJson_HasEachChangeAndEachLink()
    {
        var run = await Run.OfAsync("topology", "diff", Sample("lab.json"), Sample("next.json"), "--json");

        run.ExitCode.ShouldBe(1);
        using var parsed = JsonDocument.Parse(run.Out);
        var links = parsed.RootElement.GetProperty("links").EnumerateArray().ToList();
        links.Count(link => link.GetProperty("fate").GetString() == "comes_up").ShouldBe(15);
        links.Count(link => link.GetProperty("fate").GetString() == "remade").ShouldBe(8);
        parsed.RootElement.GetProperty("links_that_stay").GetInt32().ShouldBe(7);
    }

    private static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "maps", name);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
