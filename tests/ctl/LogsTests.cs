using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterRas.Ctl.Logs;

namespace ClusterRas.Ctl.Tests;

/// <summary>The names of rasd's log lines are told, all of them, and no others.</summary>
public sealed partial class LogsTests
{
    [Fact]
    public void Explained_IsEveryNameThatIsLogged_AndNoOther()
    {
        var sources = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "src"));
        var logged = Directory
            .EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => NamePattern().Matches(File.ReadAllText(file)))
            .Select(found => found.Groups["name"].Value)
            .ToHashSet();

        logged.Count.ShouldBeGreaterThan(60);
        logged.Except(LogBook.All.Select(one => one.Name)).ShouldBeEmpty("logged, and not explained");
        LogBook.All.Select(one => one.Name).Except(logged).ShouldBeEmpty("explained, and never logged");
        LogBook.All.Select(one => one.Name).ShouldBeUnique();
    }

    [Fact]
    public async Task Explain_AName_AlsoWithTheColonOfItsLine()
    {
        var run = await Run.OfAsync("logs", "explain", "window.over:");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldStartWith("window.over (Words and answers)\n  means  A window ended without an answer.");
        run.Out.ShouldContain("\n  to do  Was there a master, and a majority?");
    }

    [Fact]
    public async Task Explain_ANameThatIsNone_GuessesWhatWasMeant()
    {
        var run = await Run.OfAsync("logs", "explain", "window.ovr");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("no line of rasd's log is called \"window.ovr\"; did you mean \"window.over\"?");
    }

    [Fact]
    public async Task Explain_All_AsATable_AndAsJson()
    {
        var table = await Run.OfAsync("logs", "explain");
        var json = await Run.OfAsync("logs", "explain", "--json");

        LogBook.All.ShouldAllBe(one => table.Out.Contains(one.Name, StringComparison.Ordinal));
        using var read = JsonDocument.Parse(json.Out);
        read.RootElement.GetProperty("names").GetArrayLength().ShouldBe(LogBook.All.Count);
    }

    private static string Here([CallerFilePath] string path = "") => path;

    /// <summary>As the attribute names it, or as the log itself writes it.</summary>
    [GeneratedRegex(@"(?:EventName\s*=\s*""|\} (?:WARN|ERROR) )(?<name>[a-z0-9_.-]+)")]
    private static partial Regex NamePattern();
}
