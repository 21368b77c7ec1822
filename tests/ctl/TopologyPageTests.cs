using System.Text;
using System.Text.RegularExpressions;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Tests;

/// <summary>What pages show of maps and configuration is what the commands do: it is run, in a copy of tests/ctl/maps.</summary>
public sealed partial class TopologyPageTests : IDisposable
{
    private const string PageName = "topology.md";
    private const string RulesStart = "<!-- rules -->\n";
    private const string RulesEnd = "<!-- end of rules -->";

    private readonly string folder = Directory.CreateTempSubdirectory("maps").FullName;

    public TopologyPageTests()
    {
        var maps = Path.Combine(AppContext.BaseDirectory, "maps");
        foreach (var file in Directory.EnumerateFiles(maps, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(maps, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(PageName, 15)]
    [InlineData("config.md", 5)]
    [InlineData("sysSentry.md", 1)]
    public async Task Commands_OnThePage_SayWhatThePageShows(string name, int least)
    {
        var page = ReadPage(name);
        var fresh = new StringBuilder();
        var at = 0;
        var count = 0;
        foreach (var block in Block().Matches(page).Cast<Match>())
        {
            fresh.Append(page.AsSpan(at, block.Index - at));
            at = block.Index + block.Length;
            fresh.Append("```\n");
            foreach (
                var line in block
                    .Groups[1]
                    .Value.Split('\n')
                    .Where(line => line.StartsWith("$ ", StringComparison.Ordinal))
            )
            {
                fresh.Append(await RunAsync(line));
                count++;
            }

            fresh.Append("```\n");
        }

        fresh.Append(page.AsSpan(at));
        count.ShouldBeGreaterThanOrEqualTo(least);
        Compare(fresh.ToString(), page, name);
    }

    [Fact]
    public void Rules_OnThePage_AreAllRules()
    {
        var page = ReadPage(PageName);
        var table = new StringBuilder("| rule | is | why |\n|---|---|---|\n");
        foreach (var rule in TopologyRule.All)
        {
            table.Append(null, $"| `{rule.Name}` | {TopologyRule.WordOf(rule.Severity)} | {rule.Why} |\n");
        }

        var start = page.IndexOf(RulesStart, StringComparison.Ordinal) + RulesStart.Length;
        var end = page.IndexOf(RulesEnd, StringComparison.Ordinal);
        Compare(page[..start] + table + page[end..], page, PageName);
    }

    private async Task<string> RunAsync(string line)
    {
        // The shell's part: quotes, and files by their names.
        var words = Word()
            .Matches(line)
            .Select(word => word.Groups[1].Value + word.Groups[2].Value + word.Groups[3].Value)
            .Skip(2);
        var run = await Run.OfAsync([.. words.Select(InFolder)]);
        var text = (run.Error + run.Out).Replace(folder + "/", "", StringComparison.Ordinal);
        return $"{line}\n{text}{(text.Length == 0 || text.EndsWith('\n') ? "" : "\n")}";
    }

    private string InFolder(string word) =>
        FileName().IsMatch(word) || Directory.Exists(Path.Combine(folder, word)) ? Path.Combine(folder, word) : word;

    private static string ReadPage(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));

    private static void Compare(string fresh, string page, string name)
    {
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_REWRITE_GOLDENS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "../../../../docs", name), fresh);
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, name), fresh);
            return;
        }

        fresh.ShouldBe(page, "CLUSTERRAS_REWRITE_GOLDENS=1 writes the page anew");
    }

    [GeneratedRegex(@"^```\n(\$ rasctl (?:topology (?!probe)|config )[\s\S]*?)^```\n", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:'([^']*)'|""([^""]*)""|([^\s'""]+))")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[\w-]+\.(?:json|sh|txt|svg)$")]
    private static partial Regex FileName();
}
