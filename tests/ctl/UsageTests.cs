namespace ClusterRas.Ctl.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Required command was not provided.\n  try: rasctl --help")]
    [InlineData("events", "Required command was not provided.\n  try: rasctl events --help")]
    [InlineData("statu", "'statu'")]
    [InlineData("status --foo", "Unrecognized command or argument '--foo'.\n  try: rasctl status --help")]
    [InlineData("status --timeout 0", "--timeout takes 1 to 3600000, not \"0\".")]
    [InlineData("status --timeout 5s", "--timeout takes 1 to 3600000, not \"5s\".")]
    [InlineData("events show x1", "ID takes a whole number from 1, not \"x1\".\n  try: rasctl events show --help")]
    [InlineData("events show", "Required argument 'ID' missing")]
    [InlineData("events list --open --closed", "--open and --closed exclude each other")]
    [InlineData("drill panic", "Required argument 'VICTIM' missing")]
    [InlineData("drill panic n01 --window-ms 3600001", "--window-ms takes 1 to 3600000, not \"3600001\".")]
    [InlineData("transfer --to", "Required argument missing for option: '--to'")]
    [InlineData("drain", "Required argument 'NODE' missing for command: 'drain'")]
    [InlineData("audit --count 201", "--count takes 1 to 200, not \"201\".")]
    [InlineData("status --address nowhere", "not \"nowhere\"")]
    [InlineData("status --address a:1 --node n01", "--address stands alone")]
    [InlineData("status --topology /nowhere/map.json", "unusable: the file cannot be read: there is no such file")]
    public async Task CommandLine_ThatIsWrong_EndsWithTwoAndSaysWhat(string line, string says)
    {
        var run = await Run.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBe("");
        run.Error.ShouldStartWith("rasctl: ");
        run.Error.ShouldContain(says);
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task CommandLine_WithTwoMistakes_ToldAtOnce()
    {
        var run = await Run.OfAsync("status", "--timeout", "x", "--foo");

        run.Error.ShouldBe(
            """
            rasctl: Unrecognized command or argument '--foo'.
              --timeout takes 1 to 3600000, not "x".
              try: rasctl status --help

            """
        );
    }

    [Fact]
    public async Task TopologyFile_ThatIsWrong_IsToldWithAllItsProblems()
    {
        using var map = Map.Of("""{ "version": 2, "cluster": "Demo", "nodes": [] }""");

        var run = await Run.OfAsync("status", "--topology", map.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldStartWith("rasctl: the map is wrong:\n");
        run.Error.Split('\n').Count(line => line.StartsWith($"  {map.Path}:1:", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task NodeOption_ThatTheMapDoesNotHave_NamesThoseThatItHas()
    {
        using var map = Map.Of(Map.Nobody(1), Map.Nobody(2));

        var run = await Run.OfAsync("status", "--topology", map.Path, "--node", "n3");

        run.ShouldBe(new Run(2, "", $"rasctl: --node: {map.Path} has no node \"n3\"; it has n01, n02.\n"));
    }

    [Theory]
    [InlineData("--help", "Exit codes:")]
    [InlineData("status --help", "rasctl status --json | jq -r .master")]
    [InlineData("events --help", "Examples:")]
    [InlineData("events list --help", "rasctl events list --open")]
    [InlineData("events show --help", "rasctl events show 17")]
    [InlineData("events watch --help", "until Ctrl-C")]
    [InlineData("events close --help", "--by alice")]
    [InlineData("transfer --help", "(SIGTERM)")]
    [InlineData("drain --help", "It still reports, and is heard")]
    [InlineData("recover --help", "that is what --i-have-fenced swears")]
    [InlineData("audit --help", "SAID AT is the wall clock")]
    [InlineData("drill panic --help", "HANDLERS ARE STARTED")]
    [InlineData("topology --help", "rasctl topology probe")]
    [InlineData("topology check --help", "--limit 32")]
    [InlineData("topology import --help", "copies of /proc/sentry_*")]
    [InlineData("topology export --help", "--output-dir")]
    [InlineData("topology plan --help", "cluster=lab jetty=100")]
    [InlineData("topology diff --help", "which links go down")]
    [InlineData("topology show --help", "--svg map.svg")]
    [InlineData("topology probe --help", "Exit codes: 0 as planned, 1 not.")]
    public async Task Help_OfEachCommand_HasExamples(string line, string says)
    {
        var run = await Run.OfAsync(line.Split(' '));

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("Usage:");
        run.Out.ShouldContain(says);
        run.Out.Split('\n').ShouldAllBe(text => text.Length <= 120);
    }

    [Fact]
    public async Task Version_Asked_IsOneLine()
    {
        var run = await Run.OfAsync("--version");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldMatch(@"\Arasctl \d+\.\d+\.\d+\S*\n\z");
    }
}
