using System.Reflection;
using System.Text.RegularExpressions;
using ClusterRas.Protocol;

namespace ClusterRas.House.Tests;

/// <summary>The law of the house, as far as no compiler keeps it.</summary>
public partial class HouseTests
{
    private const int LineCountMax = 450;

    /// <summary>The formatter keeps code to 120 columns; what it cannot break (texts, comments) has this limit.</summary>
    private const int LineLengthMax = 200;

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>A room uses lower levels only, so rooms of one level do not know each other.</summary>
    /// <remarks>Thus transports know no other transport, Master knows none at all, and no tool uses Node.</remarks>
    private static readonly Dictionary<string, int> Levels = new()
    {
        ["Fabric"] = 0,
        ["Grpc"] = 0,
        ["Wire"] = 0,
        ["Protocol"] = 1,
        ["Sentry"] = 1,
        ["Options"] = 1,
        ["Transport"] = 2,
        ["Master"] = 2,
        ["Transport.Grpc"] = 3,
        ["Transport.Urma"] = 3,
        ["Transport.Uvb"] = 3,
        ["Console"] = 3,
        ["LastWord"] = 3,
        ["Ctl"] = 3,
        ["Simulator"] = 3,
        ["Node"] = 4,
    };

    /// <summary>Generated stubs stand on the gRPC API, wherever that comes from.</summary>
    private static readonly HashSet<(string, string)> SameLevel = [("Wire", "Grpc")];

    [Fact]
    public void References_PointDown()
    {
        var wrong = new List<string>();
        foreach (var project in House.Files("src", "*.csproj"))
        {
            var room = House.RoomOf(project);
            if (!Levels.TryGetValue(room, out var level))
            {
                wrong.Add(
                    $"{project}: a new room; give it a level in {nameof(HouseTests)} and in docs/architecture.md"
                );
                continue;
            }

            foreach (var used in House.Items(project, "ProjectReference").Select(House.RoomOf))
            {
                if (Levels.GetValueOrDefault(used, int.MaxValue) >= level && !SameLevel.Contains((room, used)))
                {
                    wrong.Add($"{project}: may not use {used}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var listed = SolutionProject()
            .Matches(House.Read("ClusterRas.sln"))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .ToList();
        var there = House.Files(".", "*.csproj").ToList();
        there.Except(listed).ShouldBeEmpty("not in ClusterRas.sln, so not built and not tested");
        listed.Except(there).ShouldBeEmpty("in ClusterRas.sln, but gone");
    }

    [Fact]
    public void Versions_ArePinnedExactly()
    {
        PackageVersion()
            .Matches(House.Read("Directory.Packages.props"))
            .Select(match => match.Groups[1].Value)
            .Where(version => !ExactVersion().IsMatch(version))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Names_SayWhatIsInside()
    {
        var wrong = House
            .Files("src", "*.csproj")
            .Select(House.RoomOf)
            .Where(room => EmptyWord().IsMatch(room))
            .Concat(
                from file in House.Files("src", "*.cs")
                from Match match in Declaration().Matches(House.Read(file))
                where EmptyWord().IsMatch(match.Groups[1].Value)
                select $"{file}: {match.Value}"
            );
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(typeof(Input))]
    [InlineData(typeof(Effect))]
    [InlineData(typeof(Message))]
    [InlineData(typeof(Fact))]
    [InlineData(typeof(EntryPayload))]
    [InlineData(typeof(EventDetail))]
    public void ClosedSet_HoldsSealedRecordsOnly(Type set)
    {
        set.GetConstructors().ShouldBeEmpty();
        var kinds = set.Assembly.GetTypes().Where(type => type.BaseType == set).ToList();
        kinds.ShouldNotBeEmpty();
        kinds
            .Where(kind => kind.DeclaringType != set || !kind.IsSealed || kind.GetMethod("<Clone>$") is null)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Protocol_StaysBehindItsWall()
    {
        const string project = "src/Protocol/ClusterRas.Protocol.csproj";
        House.Items(project, "PackageReference").ShouldBe(["Microsoft.CodeAnalysis.BannedApiAnalyzers"]);
        House.Items(project, "AdditionalFiles").ShouldBe(["BannedSymbols.txt"]);
        House.Items(project, "FrameworkReference").ShouldBeEmpty();

        var banned = BannedNamespace()
            .Matches(House.Read("src/Protocol/BannedSymbols.txt"))
            .Select(match => match.Groups[1].Value)
            .ToList();
        banned.ShouldContain("System.Threading");
        foreach (var file in House.Files("src/Protocol", "*.cs"))
        {
            var text = House.Read(file);
            text.ShouldNotContain("RS0030", Case.Sensitive, file);
            banned.ShouldAllBe(name => !text.Contains($"using {name};", StringComparison.Ordinal), file);
        }
    }

    [Fact]
    public void Files_HoldOneNounEach()
    {
        var wrong = new List<string>();
        foreach (var file in House.Files("src", "*.cs"))
        {
            var lines = House.Read(file).Split('\n');
            if (lines.Length - 1 > LineCountMax)
            {
                wrong.Add($"{file}: {lines.Length - 1} lines; which second noun has moved in?");
            }

            wrong.AddRange(
                lines
                    .Index()
                    .Where(line => line.Item.Length > LineLengthMax)
                    .Select(line => $"{file}:{line.Index + 1}: long")
            );
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Documents_PointAtWhatIsThere()
    {
        var wrong = new List<string>();
        foreach (var file in House.Files(".", "*.md"))
        {
            var text = House.Read(file);
            var folder = Path.GetDirectoryName(Path.Combine(House.Root, file))!;
            foreach (Match link in Link().Matches(Code().Replace(text, "")))
            {
                var target = Uri.UnescapeDataString(link.Groups[1].Value.Split('#')[0]);
                if (target.Length > 0 && !target.Contains(':') && !Path.Exists(Path.Combine(folder, target)))
                {
                    wrong.Add($"{file}: link to {target}");
                }
            }

            wrong.AddRange(
                SourcePath()
                    .Matches(text)
                    .Select(match => match.Value)
                    .Where(path => !File.Exists(Path.Combine(House.Root, path)))
                    .Select(path => $"{file}: names {path}")
            );
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Documents_NameMembersThatAreThere()
    {
        Type[] roots = [typeof(NodeMachine), typeof(Fabric.Topology)];
        var types = roots.SelectMany(root => root.Assembly.GetTypes()).ToLookup(type => type.Name);
        var wrong =
            from file in House.Files("docs", "*.md")
            from Match name in QualifiedName().Matches(House.Read(file))
            let known = types[name.Groups[1].Value].ToList()
            where known.Count > 0 && !known.Exists(type => type.GetMember(name.Groups[2].Value, Everything).Length > 0)
            select $"{file}: {name.Value}";
        wrong.ShouldBeEmpty();
    }

    [GeneratedRegex("""^Project\([^)]*\) = "[^"]*", "([^"]*\.csproj)",""", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();

    [GeneratedRegex("<PackageVersion [^>]*Version=\"([^\"]*)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"^\[[0-9][^,\]]*\]$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"\b(?:namespace|class|struct|interface|enum|record(?: struct)?)\s+([A-Z][\w.]*)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?:^|\.|[a-z])(?:Common|Utils?|Helpers?|Managers?|Misc)(?:\.|$)")]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"^N:([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex BannedNamespace();

    [GeneratedRegex(@"(?s)```.*?```|`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(<?([^)>\s]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([A-Z]\w+)\.([A-Z]\w+)`")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\b(?:src|tests)/[\w./]+\.(?:cs|csproj|txt|json)\b")]
    private static partial Regex SourcePath();
}
