using System.Runtime.Versioning;

namespace ClusterRas.House.Tests;

/// <summary>What <c>./x</c> says where something is missing, and how it counts.</summary>
[SupportedOSPlatform("linux")]
public sealed class ScriptTests : IDisposable
{
    private readonly Script script = new();

    public void Dispose() => script.Dispose();

    [Fact]
    public void UnknownVerb_ShowsUsageAndExits2()
    {
        var (exitCode, output, errors) = script.Run("frobnicate");
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldStartWith("usage: ./x build");
    }

    [Fact]
    public void NoDotnet_SaysOnceWhereItLooked()
    {
        var (exitCode, output, errors) = script.Run("build");
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldContain("PATH: no dotnet");
        errors.ShouldContain("DOTNET_ROOT: no dotnet");
        errors.ShouldContain("Needed: SDK 10.0.100 or a later 10.0 one");
    }

    [Theory]
    [InlineData("9.0.100")]
    [InlineData("11.0.100")]
    [InlineData("10.1.100")]
    public void WrongDotnet_SaysWhatItFound(string version)
    {
        script.AddDotnet(version);
        var (exitCode, output, errors) = script.Run("test");
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldContain($"dotnet, SDK {version}");
        errors.ShouldContain("Needed: SDK 10.0.100 or a later 10.0 one");
    }

    [Fact]
    public void Test_CountsWhatReallyRan()
    {
        script.AddDotnet("10.0.100");
        script.AddTests("Good.Tests", Report(passed: 3, skipped: "Good.Odd.Skips"));
        script.AddTests("Bad.Tests", Report(passed: 1, failed: 2) + "exit 2");
        script.AddTests("Crash.Tests", "exit 134");
        script.AddTests("Empty.Tests", Report(passed: 0) + "exit 8");
        script.AddTests("Liar.Tests", Report(passed: 1) + "exit 1");
        script.AddTests("Idle.Tests", Report(passed: 0, skipped: "Idle.All.Skip") + "exit 8");
        script.AddTests("Support", "exit 1");
        var (exitCode, output, _) = script.Run("test");
        exitCode.ShouldBe(1);
        output.ShouldContain("x: FAILED Crash.Tests: ended with exit code 134 and no report");
        output.ShouldContain("x: FAILED Empty.Tests: ran no test");
        output.ShouldContain("x: FAILED Liar.Tests: ended with exit code 1 although no test failed");
        output.ShouldContain("x: skipped Good.Odd.Skips (1): no engine here");
        output.ShouldEndWith("\n5 passed, 5 failed, 2 skipped\n");
    }

    [Fact]
    public void Failures_AreNamedAgainRightBeforeTheLastLine()
    {
        script.AddDotnet("10.0.100");
        script.AddTests("Bad.Tests", FailedReport + "exit 2");
        script.AddTests("Crash.Tests", "exit 134");
        script.AddTests("Good.Tests", Report(passed: 3));
        script
            .Run("test")
            .Output.ShouldEndWith(
                """

                x: FAILED Bad.Tests: House.Door: InvalidOperationException : hinge
                x: FAILED Bad.Tests: House.Door.Opens(key: "a<b"): door should be open but was shut
                x: FAILED Bad.Tests: House.Door.Shuts the door shuts: no message
                x: FAILED Crash.Tests: ended with exit code 134 and no report
                3 passed, 4 failed, 0 skipped

                """
            );

        var (exitCode, output, _) = script.RunCi();

        exitCode.ShouldBe(1);
        var end = output[output.LastIndexOf("\nFAILED check: exit code 1\n", StringComparison.Ordinal)..];
        end.ShouldStartWith(
            """

            FAILED check: exit code 1
            FAILED check: words: names one machine: fatal: not a git repository (or any of the parent directories): .git
            FAILED check: Bad.Tests: House.Door: InvalidOperationException : hinge
            FAILED check: Bad.Tests: House.Door.Opens(key: "a<b"): door should be open but was shut
            FAILED check: Bad.Tests: House.Door.Shuts the door shuts: no message
            FAILED check: Crash.Tests: ended with exit code 134 and no report
            FAILED 100 killed masters, 1,000 words on mixed wires: exit code 127
                100 killed masters, 1,000 words on mixed wires: 
            """.TrimEnd()
        );
        end.ShouldContain("\nFAILED planted bugs: exit code 127\n");
        end.ShouldEndWith("No such file or directory\n4 passed, 12 failed, 0 skipped\n");
    }

    [Fact]
    public void Test_OnABuildMachine_FailsSkipsThatAreNotAllowed()
    {
        script.AddDotnet("10.0.401");
        script.Set("CI", "true");
        script.AddTests("Good.Tests", Report(passed: 1, skipped: "Good.Odd.Skips"));
        script.Run("test").Output.ShouldEndWith("\n1 passed, 1 failed, 0 skipped\n");
        script.AllowSkip("Good.Odd.*", "");
        script.Run("test").Output.ShouldEndWith("\n1 passed, 1 failed, 0 skipped\n");
        script.AllowSkip("Good.Odd.*", "there is no engine on any build machine");
        var (exitCode, output, _) = script.Run("test");
        output.ShouldEndWith("\n1 passed, 0 failed, 1 skipped\n");
        exitCode.ShouldBe(0);
    }

    [Fact]
    public void Test_NamesThatFitNothing_Fail()
    {
        script.AddDotnet("10.0.401");
        script.AddTests("Good.Tests", Report(passed: 1));
        var (exitCode, output, _) = script.Run("test", "nothing");
        exitCode.ShouldBe(1);
        output.ShouldEndWith("\n0 passed, 1 failed, 0 skipped\n");
    }

    private const string FailedReport = """
        cat >"$report" <<'XML'
        <?xml version="1.0"?><assemblies><assembly name="a" test-framework="xUnit.net v3" errors="1" failed="2" passed="0" skipped="0" total="2">
        <errors><error type="House.Door" name="House.Door"><failure exception-type="E"><message><![CDATA[InvalidOperationException : hinge]]></message></failure></error></errors>
        <test name="House.Door.Opens(key: &quot;a&lt;b&quot;)" type="House.Door" method="Opens" time="0.1" result="Fail"><failure exception-type="E"><message><![CDATA[door
            should be
        open
            but was
        shut]]></message><stack-trace><![CDATA[at House.Door]]></stack-trace></failure></test>
        <test name="the door shuts" type="House.Door" method="Shuts" result="Fail"></test></assembly></assemblies>
        XML

        """;

    private static string Report(int passed, int failed = 0, string? skipped = null)
    {
        var test = "";
        if (skipped is not null)
        {
            var dot = skipped.LastIndexOf('.');
            test =
                $"""<test name="x" result="Skip" type="{skipped[..dot]}" method="{skipped[(dot + 1)..]}"><reason><![CDATA[no engine here]]></reason></test>""";
        }

        return $"""
            cat >"$report" <<'XML'
            <?xml version="1.0"?><assemblies><assembly name="a" test-framework="xUnit.net v3" errors="0" failed="{failed}" passed="{passed}" skipped="{(
                skipped is null ? 0 : 1
            )}" total="9"><test name="p" type="T" method="m" result="Pass" />{test}</assembly></assemblies>
            XML

            """;
    }
}
