namespace ClusterRas.Ctl.Tests;

public sealed class ReachTests
{
    [Fact]
    public async Task Asking_FirstNodeDown_AsksTheSecondAndSaysSo()
    {
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(Map.Nobody(1), second.Address);

        var run = (await Run.OfAsync("events", "list", "--topology", map.Path)).Naming(second.Address, "ADDR");

        run.ShouldBe(
            new Run(0, "no incidents\n", "rasctl: asked n02 at ADDR; n01 at 127.0.0.1:1: connection refused\n")
        );
    }

    [Fact]
    public async Task Asking_FirstNodeFrozen_AsksTheSecondBesideIt()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        first.IsFrozen = true;
        using var map = Map.Of(first.Address, second.Address);

        var run = await Run.OfAsync("events", "list", "--topology", map.Path, "--timeout", "20000");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe($"rasctl: asked n02 at {second.Address}; n01 at {first.Address}: no answer\n");
    }

    [Fact]
    public async Task Asking_OnAHostOfTheMap_AsksItselfFirst()
    {
        await using var first = await FakeNode.StartAsync(Samples.Status("n01"));
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(first.Address, second.Address);
        var output = new StringWriter();
        var error = new StringWriter();
        var here = Run.Around(output, error) with { HostName = "N02.example.org", TopologyVariable = map.Path };

        var exitCode = await Rasctl.RunAsync(["status", "--json"], here, CancellationToken.None);

        exitCode.ShouldBe(0);
        output.ToString().ShouldStartWith("{\"node\":\"n02\",");
        error.ToString().ShouldBe("");
    }

    [Fact]
    public async Task Asking_NobodyThere_SaysWhoWasAskedAndWhatToDo()
    {
        using var map = Map.Of(Map.Nobody(1), Map.Nobody(2));

        var run = await Run.OfAsync("status", "--topology", map.Path);

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: nobody answers:
                  n01 at 127.0.0.1:1: connection refused
                  n02 at 127.0.0.2:1: connection refused
                  is rasd running on any of them, and is this the right map?

                """
            )
        );
    }

    [Fact]
    public async Task Asking_OneNamedNodeThatIsDown_AsksNobodyElse()
    {
        await using var second = await FakeNode.StartAsync(Samples.Status("n02"));
        using var map = Map.Of(Map.Nobody(1), second.Address);

        var run = await Run.OfAsync("events", "list", "--topology", map.Path, "--node", "n01");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: nobody answers:
                  n01 at 127.0.0.1:1: connection refused
                  is rasd running there? Another node may know more: leave --node and --address away

                """
            )
        );
    }

    [Fact]
    public async Task Asking_FrozenNode_EndsWithTheTime()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.IsFrozen = true;

        var run = await Run.OfAsync("status", "--address", $"{node.Address}", "--timeout", "200");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith($"rasctl: nobody answers:\n  {node.Address}: no answer\n");
    }

    [Fact]
    public async Task Asking_NamedNodeAndAnotherAnswers_Refuses()
    {
        await using var other = await FakeNode.StartAsync(Samples.Status("n05"));
        using var map = Map.Of(other.Address);

        var run = (await Run.OfAsync("status", "--topology", map.Path, "--node", "n01")).Naming(other.Address, "ADDR");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: n01 at ADDR calls itself n05: the topology file and the address do not agree.
                  compare the file with the one that rasd was started with

                """
            )
        );
    }

    [Fact]
    public async Task Asking_NodeWithAnotherMap_NotesIt()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01", digest: new string('a', 64)));
        using var map = Map.Of(node.Address);

        var run = await Run.OfAsync("events", "list", "--topology", map.Path);

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe($"rasctl: n01 at {node.Address} runs with another map than {map.Path}.\n");
    }

    [Fact]
    public async Task Asking_NodeWithTheSameMap_NotesNothing()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        using var map = Map.Of(node.Address);
        node.Status = Samples.Status("n01", map.Digest);

        (await Run.OfAsync("events", "list", "--topology", map.Path)).Error.ShouldBe("");
    }

    [Fact]
    public async Task Asking_Interrupted_EndsWith130()
    {
        await using var node = await FakeNode.StartAsync(Samples.Status("n01"));
        node.IsFrozen = true;
        using var stop = new CancellationTokenSource();
        var error = new StringWriter();
        var running = Rasctl.RunAsync(
            ["status", "--address", $"{node.Address}"],
            Run.Around(TextWriter.Null, error),
            stop.Token
        );

        await stop.CancelAsync();

        (await running).ShouldBe(130);
        error.ToString().ShouldBe("");
    }
}
